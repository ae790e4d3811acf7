/**
 * Kind to cameras: a refused password is said once, and stays said until somebody asks for something
 * else. Vigia itself tries it once per holder of the lease, whoever is killed.
 */
import { Reason } from '#streaming/domain/reason.js';

import { type StoryCamera } from '../story/cameras.js';
import { type Story } from '../story/story.js';
import { type Span } from '../story/witness.js';
import { type LedgerEvent, type LedgerRow } from '../world/ledger.js';

/** Cameras lock an account after five, or more; the node tries, too. */
const MOST_LOGINS = 3;
/** What is asked so soon after something else was asked for still belongs to what was before. */
const AFTERMATH_MS = 2_500;

export interface Past {
  readonly rows: readonly LedgerRow[];
  readonly events: readonly LedgerEvent[];
}

export function parkingFaults(story: Story, { rows, events }: Past): string[] {
  return rows.flatMap((row) => {
    const camera = story.cameras.find(({ id }) => id === row.cameraId);
    if (camera === undefined) return [];
    const own = events.filter(({ streamId }) => streamId === row.id);
    const faults = generations(row, own).flatMap((it) => loginFaults(story, camera, it));
    return [...faults, ...endFaults(own)].map(
      (fault) => `stream ${row.id} of ${row.cameraId}: ${fault}`,
    );
  });
}

interface Generation {
  readonly isRetry: boolean;
  /** From when to when what the camera was asked was for its sake. */
  readonly span: Span;
}

function generations(row: LedgerRow, events: readonly LedgerEvent[]): Generation[] {
  const begins = events.filter(
    ({ generation, toStatus }, index) =>
      toStatus !== 'STOPPED' && generation !== events[index - 1]?.generation,
  );
  const endedAt = (row.stoppedAt?.getTime() ?? Infinity) + AFTERMATH_MS;
  const froms = begins.map(({ at, by }) => at.getTime() + (by === 'retry' ? 0 : AFTERMATH_MS));
  return begins.map(({ by }, index) => ({
    isRetry: by === 'retry',
    span: { from: froms[index]!, to: froms[index + 1] ?? endedAt },
  }));
}

function loginFaults(
  { leases }: Story,
  camera: StoryCamera,
  { isRetry, span }: Generation,
): string[] {
  const logins = (camera.questions ?? [])
    .filter(({ at, isRefusedLogin }) => isRefusedLogin && at >= span.from && at < span.to)
    .map(({ at }) => at);
  const holders = leases.holdersIn({ from: logins[0] ?? 0, to: logins.at(-1) ?? 0 });
  // Whoever is told to retry asks first, whether it holds the lease or not.
  const most = Math.min(MOST_LOGINS, holders + (isRetry ? 1 : 0));
  return logins.length > most
    ? [`logged in ${logins.length} times, at most ${most} are right`]
    : [];
}

function endFaults(events: readonly LedgerEvent[]): string[] {
  return parkings(events)
    .filter(({ next, generation }) => {
      const isIntent = next === null || next.toStatus === 'STOPPED' || next.generation > generation;
      return !isIntent;
    })
    .map(({ next }) => `parked, and ${next?.toStatus} (${next?.reason}) by itself`);
}

interface Parking {
  readonly generation: number;
  readonly at: Date;
  /** What came after it; null when nothing did. */
  readonly next: LedgerEvent | null;
}

function parkings(events: readonly LedgerEvent[]): Parking[] {
  return events.flatMap(({ toStatus, reason, generation, at }, index) =>
    toStatus === 'ERROR' && reason === Reason.sourceAuthFailed
      ? [{ generation, at, next: events[index + 1] ?? null }]
      : [],
  );
}

/** From when to when the node should have had its path: from start to stop, but for its parkings. */
export function wantedSpans(row: LedgerRow, events: readonly LedgerEvent[]): Span[] {
  const own = events.filter(({ streamId }) => streamId === row.id);
  const spans: Span[] = [];
  let from = row.createdAt.getTime();
  for (const { at, next } of parkings(own)) {
    spans.push({ from, to: at.getTime() });
    from = next?.at.getTime() ?? Infinity;
  }
  return [...spans, { from, to: row.stoppedAt?.getTime() ?? Infinity }];
}
