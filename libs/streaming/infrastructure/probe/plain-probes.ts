/** What can honestly be said of sources that are not RTSP, without pulling them. */
import { withAnySignal } from '#platform/any-signal.js';

import { Reason } from '../../domain/reason.js';
import { type SourceFailure, type SourceReport } from '../../domain/source-report.js';
import { openConnection } from './open-connection.js';
import { BY_STATUS, ProbeFailure } from './probe-failure.js';
import { type ProbeLimits } from './probe-limits.js';
import { type ProbeTarget } from './probe-target.js';
import { resolveHost } from './resolve-host.js';
import { type Credentials, basicAuthorization } from './rtsp-authorization.js';

export type Probe = (
  target: ProbeTarget,
  limits: ProbeLimits,
  signal: AbortSignal,
) => Promise<SourceReport>;

const PLAYLIST = '#EXTM3U';

const FAILURES: Readonly<Record<number, SourceFailure>> = {
  ...BY_STATUS,
  429: Reason.sourceBusy,
};

/** RTMP and WHEP: somebody listens, and speaks TLS where that is wanted. */
export const probeByConnecting: Probe = async (target, limits, signal) => {
  const socket = await openConnection(target, limits.connectMs, signal);
  socket.destroy();
  return { kind: 'reachable', tracks: null };
};

/** SRT runs over UDP, where silence means nothing. */
export const probeByName: Probe = async ({ host }, limits) => {
  await resolveHost(host, limits.connectMs);
  return { kind: 'unknown' };
};

/** HLS: the playlist is there. */
export const probePlaylist: Probe = async (target, limits, signal) => {
  const deadline = AbortSignal.timeout(limits.answerMs);
  try {
    return await withAnySignal([deadline, signal], (ending) => askForPlaylist(target, ending));
  } catch (err) {
    if (deadline.aborted) {
      throw new ProbeFailure(Reason.sourceTimeout);
    }
    // What fetch throws says nothing; its cause does.
    throw (err as { cause?: unknown }).cause ?? err;
  }
};

async function askForPlaylist(
  { url, credentials }: ProbeTarget,
  signal: AbortSignal,
): Promise<SourceReport> {
  const response = await fetch(url, { headers: headersOf(credentials), signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new ProbeFailure(FAILURES[response.status] ?? Reason.sourceProtocol);
  }
  if (!(await beginning(response, PLAYLIST.length)).startsWith(PLAYLIST)) {
    throw new ProbeFailure(Reason.sourceProtocol);
  }
  return { kind: 'reachable', tracks: null };
}

function headersOf(credentials: Credentials | null): Record<string, string> {
  return credentials === null ? {} : { authorization: basicAuthorization(credentials) };
}

/** No more of the body than that: it may be endless. */
async function beginning(response: Response, length: number): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length >= length) {
      break;
    }
  }
  return text;
}
