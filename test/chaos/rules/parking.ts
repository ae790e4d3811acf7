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
  /** Who held the lease, one after the other. */
  readonly holders: number;
}

export function parkingFaults(story: Story, { rows, events, holders }: Past): string[] {
  return rows.flatMap((row) => {
    const camera = story.cameras.find(({ id }) => id === row.cameraId);
    if (camera === undefined) return [];
    const own = events.filter(({ streamId }) => streamId === row.id);
    const spans = [...generations(row, own)];
    const most = Math.min(MOST_LOGINS, holders);
    return [...spans.flatMap((span) => loginFaults(camera, span, most)), ...endFaults(own)].map(
      (fault) => `stream ${row.id} of ${row.cameraId}: ${fault}`,
    );
  });
}

/** From when to when the same was wanted. */
function* generations(row: LedgerRow, events: readonly LedgerEvent[]): Generator<Span> {
  const begins = events.filter(
    ({ generation, toStatus }, index) =>
      toStatus !== 'STOPPED' && generation !== events[index - 1]?.generation,
  );
  for (const [index, { at }] of begins.entries()) {
    const end = begins[index + 1]?.at ?? row.stoppedAt;
    yield { from: at.getTime(), to: end?.getTime() ?? Infinity };
  }
}

function loginFaults(camera: StoryCamera, { from, to }: Span, most: number): string[] {
  const logins = (camera.questions ?? []).filter(
    ({ at, isRefusedLogin }) =>
      isRefusedLogin && at >= from + AFTERMATH_MS && at < to + AFTERMATH_MS,
  ).length;
  return logins > most ? [`logged in ${logins} times, at most ${most} are right`] : [];
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
