/** What the source itself answered when it was asked, without a stream and without MediaMTX. */
import { type Reason } from './reason.js';

/** As MediaMTX spells codecs: `H264`, `MPEG-4 Audio`. */
export interface SourceTrack {
  readonly kind: 'video' | 'audio' | 'other';
  readonly codec: string;
  /** As far as its description tells; false where it does not. */
  readonly hasBFrames: boolean;
}

/** Why a source cannot be pulled; each has a sentence of cause and one of what to do. */
export type SourceFailure =
  | typeof Reason.sourceDns
  | typeof Reason.sourceRefused
  | typeof Reason.sourceTimeout
  | typeof Reason.sourceUnreachable
  | typeof Reason.sourceTls
  | typeof Reason.sourceAuthFailed
  | typeof Reason.sourceNotFound
  | typeof Reason.sourceProtocol
  | typeof Reason.sourceUnsupportedCodec
  | typeof Reason.sourceBusy;

export type SourceReport =
  /** `tracks` is null where the scheme does not tell without pulling. */
  | { readonly kind: 'reachable'; readonly tracks: readonly SourceTrack[] | null }
  | { readonly kind: 'failed'; readonly code: SourceFailure }
  /** The scheme answers nobody but who pulls: whether it would deliver is not known. */
  | { readonly kind: 'unknown' };

/** Nothing that no viewer would notice: a hint, in words for a person. */
export function browserAdvice(tracks: readonly SourceTrack[]): string[] {
  return [...new Set(tracks.flatMap(adviceOn))].concat(
    tracks.some(({ kind }) => kind === 'video') ? [] : ['There is no video track.'],
  );
}

function adviceOn({ kind, codec, hasBFrames }: SourceTrack): string[] {
  if (hasBFrames) {
    return [B_FRAMES];
  }
  const advice = ADVICE[codec];
  if (advice !== undefined) {
    return [advice];
  }
  const isPlayable = kind === 'other' || PLAYABLE.has(codec);
  return isPlayable ? [] : [`${codec}: no browser plays it; needs a transcode.`];
}

const B_FRAMES =
  'H264 with B-frames: WebRTC cannot show it; switch them off at the camera (profile Baseline), or watch by HLS.';

/** By WebRTC or by HLS, in MediaMTX 1.20 and current browsers. */
const PLAYABLE = new Set(['H264', 'AV1', 'VP9', 'VP8', 'Opus', 'FLAC']);

const ADVICE: Readonly<Record<string, string>> = {
  H265: 'H265: needs a transcode for most browsers.',
  'M-JPEG': 'M-JPEG: no browser plays it; needs a transcode to H264.',
  'MPEG-4 Audio': 'MPEG-4 Audio: WebRTC cannot carry it, so WebRTC viewers hear nothing; HLS can.',
  G711: 'G711: HLS cannot carry it, so HLS viewers hear nothing; WebRTC can.',
  G722: 'G722: HLS cannot carry it, so HLS viewers hear nothing; WebRTC can.',
  LPCM: 'LPCM: HLS cannot carry it, so HLS viewers hear nothing; WebRTC can.',
};
