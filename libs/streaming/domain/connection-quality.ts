/**
 * How well the connection to a camera holds, told from what happened to its stream.
 *
 * An outage begins when a stream that ran is observed to have lost its media, and ends when it runs
 * again or is stopped. What somebody asked for (another source, a retry) begins none. `down`: wanted
 * and not RUNNING, also before it ever ran. `unstable`: RUNNING, with three outages or more in the
 * last hour, or with more than a minute without media. `good`: RUNNING otherwise.
 */
import { type StreamStatus } from './stream-status.js';

export const CONNECTION_QUALITIES = ['good', 'unstable', 'down'] as const;
export type ConnectionQuality = (typeof CONNECTION_QUALITIES)[number];

/** How many of the newest changes are read: a stream that flaps all day must not make reading slow. */
export const MAX_STATUS_CHANGES = 200;

const WINDOW_MS = 3_600_000;
/** Too low: one reboot of a camera cries wolf. Too high: a bad cable is found late. */
const UNSTABLE_OUTAGES = 3;
const UNSTABLE_DOWN_MS = 60_000;

/** One change of status; its age by the clock that wrote it. */
export interface StatusChange {
  readonly fromStatus: StreamStatus | null;
  readonly toStatus: StreamStatus;
  /** By a caller, not by what was observed. */
  readonly isAsked: boolean;
  readonly at: Date;
  readonly ageMs: number;
}

export interface Outage {
  readonly startedAt: Date;
  /** Null while it lasts. */
  readonly endedAt: Date | null;
  readonly durationMs: number;
}

export interface Connection {
  /** Null once the stream is stopped. */
  readonly quality: ConnectionQuality | null;
  /** Outages that ended in the last hour, and in media. */
  readonly reconnectsLastHour: number;
  readonly lastOutage: Outage | null;
}

interface Found {
  readonly began: StatusChange;
  ended: StatusChange | null;
}

/** @param changes the newest ones, oldest first */
export function connectionOf(status: StreamStatus, changes: readonly StatusChange[]): Connection {
  const outages = outagesOf(changes);
  const last = outages.at(-1);
  return {
    quality: qualityOf(status, outages),
    reconnectsLastHour: outages.filter(({ ended }) => isRecentReturn(ended)).length,
    lastOutage:
      last === undefined
        ? null
        : {
            startedAt: last.began.at,
            endedAt: last.ended?.at ?? null,
            // Ages may contradict each other after the clock was set back.
            durationMs: Math.max(0, last.began.ageMs - endAgeMs(last)),
          },
  };
}

function outagesOf(changes: readonly StatusChange[]): readonly Found[] {
  const outages: Found[] = [];
  let open: Found | null = null;
  for (const change of changes) {
    if (open !== null && (change.toStatus === 'RUNNING' || change.toStatus === 'STOPPED')) {
      open.ended = change;
      open = null;
    } else if (open === null && isLoss(change)) {
      open = { began: change, ended: null };
      outages.push(open);
    }
  }
  return outages;
}

function isLoss({ fromStatus, toStatus, isAsked }: StatusChange): boolean {
  return fromStatus === 'RUNNING' && toStatus !== 'STOPPED' && !isAsked;
}

function qualityOf(status: StreamStatus, outages: readonly Found[]): ConnectionQuality | null {
  if (status === 'STOPPED') {
    return null;
  }
  if (status !== 'RUNNING') {
    return 'down';
  }
  const recent = outages.filter((outage) => endAgeMs(outage) < WINDOW_MS);
  const downMs = recent
    .map((outage) => Math.min(outage.began.ageMs, WINDOW_MS) - endAgeMs(outage))
    .reduce((sum, ms) => sum + ms, 0);
  return recent.length >= UNSTABLE_OUTAGES || downMs > UNSTABLE_DOWN_MS ? 'unstable' : 'good';
}

function isRecentReturn(ended: StatusChange | null): boolean {
  return ended?.toStatus === 'RUNNING' && ended.ageMs < WINDOW_MS;
}

function endAgeMs({ ended }: Found): number {
  return ended?.ageMs ?? 0;
}
