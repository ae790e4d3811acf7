/** The event log, replayed, gives the rows. */
import { type StreamStatus } from '#streaming/domain/stream-status.js';

import { type LedgerEvent, type LedgerRow } from '../world/ledger.js';

export function replayFaults(rows: readonly LedgerRow[], events: readonly LedgerEvent[]): string[] {
  return rows.flatMap((row) => {
    const own = events.filter(({ streamId }) => streamId === row.id);
    const faults = [...orderFaults(own), ...resultFaults(row, own)];
    return faults.map((fault) => `stream ${row.id} of ${row.cameraId}: ${fault}`);
  });
}

/** By version, which is how they came. */
function orderFaults(events: readonly LedgerEvent[]): string[] {
  return events.flatMap((event, index) => {
    const before = events[index - 1];
    const isChained = event.fromStatus === (before?.toStatus ?? null);
    const isLater =
      before === undefined ||
      (event.version > before.version &&
        BigInt(event.seq) > BigInt(before.seq) &&
        event.generation >= before.generation);
    return [
      ...(isChained ? [] : [`event ${event.version} begins at ${event.fromStatus}`]),
      ...(isLater ? [] : [`event ${event.version} is out of order`]),
    ];
  });
}

function resultFaults(row: LedgerRow, events: readonly LedgerEvent[]): string[] {
  const stored = shown(row);
  return Object.entries(replayed(row, events)).flatMap(([what, value]) =>
    value === stored[what] ? [] : [`${what} is ${stored[what]}, replayed it is ${value}`],
  );
}

type Shown = Readonly<Record<string, string>>;

function shown(row: LedgerRow): Shown {
  return {
    status: row.status,
    ...(row.status === 'ERROR' ? { reason: String(row.reason) } : {}),
    createdAt: time(row.createdAt),
    startedAt: time(row.startedAt),
    stoppedAt: time(row.stoppedAt),
    lastError: `${row.lastErrorCode ?? 'none'} at ${time(row.lastErrorAt)}`,
    reconnects: String(row.reconnects),
    generation: String(row.generation),
    'last event': 'not newer than the row',
  };
}

function replayed(row: LedgerRow, events: readonly LedgerEvent[]): Shown {
  const [created] = events;
  const last = events.at(-1);
  if (created === undefined || last === undefined) return { status: 'no event' };
  const firstAt = (status: StreamStatus): string =>
    time(events.find(({ toStatus }) => toStatus === status)?.at);
  return {
    status: last.toStatus,
    ...(row.status === 'ERROR' ? { reason: String(last.reason) } : {}),
    createdAt: time(created.at),
    startedAt: firstAt('RUNNING'),
    stoppedAt: firstAt('STOPPED'),
    lastError: lastErrorOf(events),
    reconnects: String(reconnectsIn(events)),
    generation: String(last.generation),
    'last event': last.version <= row.version ? 'not newer than the row' : 'newer',
  };
}

function lastErrorOf(events: readonly LedgerEvent[]): string {
  // A patch of a stream that is an ERROR is not another one.
  const error = events.findLast(({ toStatus, actor }) => toStatus === 'ERROR' && actor !== 'api');
  return `${error?.reason ?? 'none'} at ${time(error?.at)}`;
}

function reconnectsIn(events: readonly LedgerEvent[]): number {
  return events.filter(
    ({ toStatus }, index) => toStatus === 'RUNNING' && events[index - 1]?.reason === 'RECONNECTING',
  ).length;
}

const time = (at: Date | null | undefined): string => at?.toISOString() ?? 'never';
