/**
 * When to ask a silent path's camera itself, and what its answers are worth.
 *
 * MediaMTX logs in again and again, 5 s apart, so a wrong password must be known before the third
 * time: the first question comes 3 s after the apply or the loss. It is asked once per generation and
 * then ever more rarely, and a refused password never again. Where the node itself tells why it gets
 * nothing, nobody is asked. Times are monotonic milliseconds.
 */
import { Reason } from './reason.js';
import { type SourceReport } from './source-report.js';

/** Too low: a camera that only starts is asked beside MediaMTX. Too high: a third wrong login. */
export const PROBE_AFTER_MS = 3_000;

/**
 * Where the node tells itself why it gets nothing: MediaMTX dials again after 5 s, and what it meets is
 * known then at the latest. Too low: the camera is asked beside it.
 */
export const PROBE_AFTER_TOLD_MS = 6_000;

/** Too low: cameras that are off are dialled for nothing. Too high: an old reason stays for long. */
const FIRST_BACKOFF_MS = 5_000;
const LAST_BACKOFF_MS = 300_000;

/**
 * The longest wait while nobody has answered: who is off may come back with another password, and
 * MediaMTX tries the old one every 5 s. Too low: hosts that are off are dialled more often than
 * MediaMTX does. Too high: an account is locked before its refusal is noticed.
 */
const UNANSWERED_BACKOFF_MS = 10_000;
const UNANSWERED: ReadonlySet<string> = new Set([
  Reason.sourceDns,
  Reason.sourceRefused,
  Reason.sourceTimeout,
  Reason.sourceUnreachable,
]);

/**
 * MediaMTX dials every 5 s and gives up after 10 s, and its node tells each time. Too low: the camera
 * is asked though the node will tell. Too high: a node that has fallen silent is believed for long.
 */
export const TOLD_FOR_MS = 30_000;

/** Memory of one process about one path; never stored. */
export interface Probing {
  /** Nothing has come since; null while media flows, or while there is no path. */
  readonly quietSinceMs: number | null;
  /** MediaMTX was connected to the camera while nothing came. */
  readonly wasConnected: boolean;
  readonly isUnderWay: boolean;
  readonly probes: number;
  readonly nextAtMs: number;
  /** What the newest answer means; null before the first one. */
  readonly cause: string | null;
  /** The answer before it meant the same. */
  readonly isAgreed: boolean;
  /** Of what the node has told last; null before that. */
  readonly toldMark: string | null;
}

/** Why the node itself got nothing from a source, when it tried last. */
export interface SourceFault {
  readonly code: string;
  readonly atMs: number;
  /** Another one with each failure. */
  readonly mark: string;
}

export const UNASKED: Probing = {
  quietSinceMs: null,
  wasConnected: false,
  isUnderWay: false,
  probes: 0,
  nextAtMs: 0,
  cause: null,
  isAgreed: false,
  toldMark: null,
};

/** Why nothing comes, as far as known. */
export interface SilenceCause {
  readonly code: string;
  /** Two probes in a row say so. */
  readonly isAgreed: boolean;
}

/** MediaMTX dials from now on. */
export function dialled(probing: Probing, nowMs: number): Probing {
  return { ...probing, quietSinceMs: nowMs, wasConnected: false };
}

export function sawSilence(probing: Probing, isConnected: boolean, nowMs: number): Probing {
  return {
    ...probing,
    quietSinceMs: probing.quietSinceMs ?? nowMs,
    wasConnected: probing.wasConnected || isConnected,
  };
}

/** Whatever was the matter is over; how often the camera may be asked is not. */
export function sawMedia(probing: Probing, nowMs: number): Probing {
  if (probing === UNASKED) {
    // Nearly all of a site, at every look.
    return probing;
  }
  const isRested = nowMs >= probing.nextAtMs;
  return {
    ...UNASKED,
    isUnderWay: probing.isUnderWay,
    probes: isRested ? 0 : probing.probes,
    // Also of one that refused the password: it has taken it since, and may refuse it again.
    nextAtMs: Math.min(probing.nextAtMs, nowMs + UNANSWERED_BACKOFF_MS),
  };
}

/** There is no path, or nobody knows: silence would not be the camera's. */
export function sawNoPath(probing: Probing): Probing {
  return { ...probing, quietSinceMs: null, wasConnected: false };
}

export function asked(probing: Probing): Probing {
  return { ...probing, isUnderWay: true };
}

/** @param random from 0 to 1: full jitter, so that cameras that failed together are asked apart */
export function answered(
  probing: Probing,
  report: SourceReport,
  { nowMs, random }: { nowMs: number; random: number },
): Probing {
  const cause = report.kind === 'failed' ? report.code : unexplained(probing);
  const longestMs = UNANSWERED.has(cause) ? UNANSWERED_BACKOFF_MS : LAST_BACKOFF_MS;
  const waitMs = Math.min(FIRST_BACKOFF_MS * 2 ** probing.probes, longestMs) * random;
  return {
    ...probing,
    isUnderWay: false,
    probes: probing.probes + 1,
    nextAtMs: cause === Reason.sourceAuthFailed ? Number.POSITIVE_INFINITY : nowMs + waitMs,
    cause,
    isAgreed: cause === probing.cause,
  };
}

/** Whether it is news. What names no cause leaves the camera to be asked. */
export function isTelling(probing: Probing, { code, mark }: SourceFault): boolean {
  return mark !== probing.toldMark && code !== Reason.sourceNoMedia;
}

/** As good as an answer of the camera, and it was not dialled for it. */
export function told(probing: Probing, { code, mark }: SourceFault, nowMs: number): Probing {
  const isRefused = code === Reason.sourceAuthFailed;
  return {
    ...probing,
    nextAtMs: isRefused
      ? Number.POSITIVE_INFINITY
      : Math.max(probing.nextAtMs, nowMs + TOLD_FOR_MS),
    cause: code,
    isAgreed: code === probing.cause,
    toldMark: mark,
  };
}

/** Nothing was learnt. */
export function unanswered(probing: Probing): Probing {
  return { ...probing, isUnderWay: false };
}

/** In how many ms the camera is to be asked, 0: now; null: not as long as nothing changes. */
export function probeInMs(
  probing: Probing,
  nowMs: number,
  afterMs = PROBE_AFTER_MS,
): number | null {
  if (probing.quietSinceMs === null || probing.isUnderWay || nowMs < probing.nextAtMs) {
    return null;
  }
  return Math.max(0, probing.quietSinceMs + afterMs - nowMs);
}

export function causeOf(probing: Probing): SilenceCause {
  return { code: probing.cause ?? unexplained(probing), isAgreed: probing.isAgreed };
}

/** The camera would deliver, or nobody has asked: what is left is what the node shows. */
function unexplained({ wasConnected }: Probing): string {
  return wasConnected ? Reason.sourceStalled : Reason.sourceNoMedia;
}
