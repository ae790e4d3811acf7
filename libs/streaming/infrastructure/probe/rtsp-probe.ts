/**
 * Asks an RTSP camera what it has: OPTIONS, then DESCRIBE, and once more with the credentials when it
 * wants them. No more than that: each wrong password counts at the camera, and some lock the account.
 */
import { Reason } from '../../domain/reason.js';
import { type SourceFailure, type SourceReport } from '../../domain/source-report.js';
import { BY_STATUS, ProbeFailure } from './probe-failure.js';
import { type ProbeLimits } from './probe-limits.js';
import { type ProbeTarget, redirected } from './probe-target.js';
import { authorize } from './rtsp-authorization.js';
import { RtspConnection } from './rtsp-connection.js';
import { type RtspResponse } from './rtsp-response.js';
import { tracksOf } from './sdp-tracks.js';

const OK = 200;
const UNAUTHORIZED = 401;
const REDIRECTS = [301, 302, 303, 305, 307, 308];

/** 400 is what MediaMTX, and some cameras, say of a path that they do not have. */
const FAILURES: Readonly<Record<number, SourceFailure>> = {
  ...BY_STATUS,
  400: Reason.sourceNotFound,
  453: Reason.sourceBusy,
};

/** @throws ProbeFailure, or the error of a socket */
export async function probeRtsp(
  first: ProbeTarget,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<SourceReport> {
  let target = first;
  for (let redirects = 0; redirects <= limits.maxRedirects; redirects += 1) {
    const connection = await RtspConnection.open(target, limits, signal);
    try {
      const response = await describe(connection, target);
      if (!REDIRECTS.includes(response.status)) {
        return reportOf(response);
      }
      target = redirected(target, response.headers.get('location')?.[0]);
    } finally {
      await connection.close();
    }
  }
  throw new ProbeFailure(Reason.sourceProtocol);
}

async function describe(connection: RtspConnection, target: ProbeTarget): Promise<RtspResponse> {
  const { url, credentials } = target;
  // Some want it first; whether they know it, and what they say, does not matter.
  await connection.ask('OPTIONS', url, {});
  const headers = { Accept: 'application/sdp' };
  const response = await connection.ask('DESCRIBE', url, headers);
  if (response.status !== UNAUTHORIZED || credentials === null) {
    return response;
  }
  const challenges = response.headers.get('www-authenticate') ?? [];
  const Authorization = authorize(challenges, { method: 'DESCRIBE', url }, credentials);
  // A second 401 is a refusal, also with `stale=true`: the nonce was given a moment ago.
  return connection.ask('DESCRIBE', url, { ...headers, Authorization });
}

function reportOf({ status, body }: RtspResponse): SourceReport {
  if (status !== OK) {
    throw new ProbeFailure(FAILURES[status] ?? Reason.sourceProtocol);
  }
  const tracks = tracksOf(body);
  if (tracks.length === 0) {
    throw new ProbeFailure(Reason.sourceProtocol);
  }
  return tracks.some(({ kind }) => kind !== 'other')
    ? { kind: 'reachable', tracks }
    : { kind: 'failed', code: Reason.sourceUnsupportedCodec };
}
