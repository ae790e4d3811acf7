/** The tracks of an SDP (RFC 8866), with codecs spelled as MediaMTX does. */
import { parse, parseParams } from 'sdp-transform';

import { type SourceTrack } from '../../domain/source-report.js';
import { reordersFrames } from './h264-reordering.js';

/** By the name in `a=rtpmap`, in lower case. */
const CODECS: Readonly<Record<string, string>> = {
  h264: 'H264',
  h265: 'H265',
  hevc: 'H265',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  jpeg: 'M-JPEG',
  'mp4v-es': 'MPEG-4 Video',
  mpv: 'MPEG-1/2 Video',
  mp2t: 'MPEG-TS',
  'mpeg4-generic': 'MPEG-4 Audio',
  'mp4a-latm': 'MPEG-4 Audio LATM',
  mpa: 'MPEG-1/2 Audio',
  opus: 'Opus',
  pcmu: 'G711',
  pcma: 'G711',
  g722: 'G722',
  g726: 'G726',
  ac3: 'AC-3',
  speex: 'Speex',
  vorbis: 'Vorbis',
  l8: 'LPCM',
  l16: 'LPCM',
  l24: 'LPCM',
};

/** Payload types that need no `a=rtpmap` (RFC 3551). */
const STATIC: Readonly<Record<number, string>> = {
  0: 'G711',
  8: 'G711',
  9: 'G722',
  10: 'LPCM',
  11: 'LPCM',
  14: 'MPEG-1/2 Audio',
  26: 'M-JPEG',
  32: 'MPEG-1/2 Video',
  33: 'MPEG-TS',
};

type Media = ReturnType<typeof parse>['media'][number];

/** Empty when it describes nothing. */
export function tracksOf(sdp: string): SourceTrack[] {
  return parse(sdp).media.map((media) => {
    const codec = codecOf(media);
    return {
      kind: kindOf(media.type),
      codec,
      hasBFrames: codec === 'H264' && media.fmtp.some(({ config }) => announcesBFrames(config)),
    };
  });
}

function announcesBFrames(config: string): boolean {
  const sets = parseParams(config)['sprop-parameter-sets'];
  return typeof sets === 'string' && reordersFrames(sets);
}

/** Of the first payload type: the others are alternatives. */
function codecOf({ payloads, rtp }: Media): string {
  const payload = Number.parseInt(String(payloads), 10);
  const name = rtp.find((one) => one.payload === payload)?.codec ?? '';
  const known = CODECS[name.toLowerCase().replace(/^(g726)-\d+$/, '$1')];
  return known ?? STATIC[payload] ?? 'Generic';
}

function kindOf(type: string): SourceTrack['kind'] {
  return type === 'video' || type === 'audio' ? type : 'other';
}
