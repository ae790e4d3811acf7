/** Accepted intents are kept: what callers were promised, against what the rows say at the end. */
import { FAULT_NAMES } from '../faults/fault-names.js';
import { type Call, isUnknown } from '../story/calls.js';
import { type Story } from '../story/story.js';
import { type LedgerRow } from '../world/ledger.js';

/** Two instants that Postgres and the caller's clock may see in another order. */
const TOLERANCE_MS = 1_000;
/** How long a database or a replica that is back may still be felt: its deadlines, twice. */
const AFTERMATH_MS = 10_000;

export function intentFaults(story: Story, rows: readonly LedgerRow[]): string[] {
  const { all } = story.calls;
  return [
    ...lost(all, rows),
    ...stoppedByNobody(all, rows),
    ...inventedStreams(all, rows),
    ...twoActive(rows),
    ...wrongRefusals(
      all.filter(({ kind }) => kind === 'start'),
      rows,
    ),
    ...unexpectedAnswers(story),
  ];
}

function lost(calls: readonly Call[], rows: readonly LedgerRow[]): string[] {
  const desired = new Map(rows.map((row) => [row.id, row.desired]));
  const answered = (kind: Call['kind'], status: number): string[] =>
    calls.flatMap((call) =>
      call.kind === kind && call.status === status && call.streamId !== null ? [call.streamId] : [],
    );
  return [
    ...answered('start', 201)
      .filter((id) => !desired.has(id))
      .map((id) => `start was answered with 201, and stream ${id} does not exist`),
    ...answered('stop', 200)
      .filter((id) => desired.get(id) !== 'STOPPED')
      .map((id) => `stop was answered with 200, and stream ${id} is still wanted`),
  ];
}

function stoppedByNobody(calls: readonly Call[], rows: readonly LedgerRow[]): string[] {
  const askedToStop = new Set(
    calls.filter(({ kind }) => kind === 'stop').map(({ streamId }) => streamId),
  );
  return rows
    .filter(({ id, desired }) => desired === 'STOPPED' && !askedToStop.has(id))
    .map(({ id }) => `stream ${id} is stopped, and nobody asked for it`);
}

/** A start whose answer never came may have made one; nothing else may. */
function inventedStreams(calls: readonly Call[], rows: readonly LedgerRow[]): string[] {
  const answered = new Set(calls.map(({ streamId }) => streamId));
  const unknown = rows.filter(({ id }) => !answered.has(id));
  return [...new Set(unknown.map(({ cameraId }) => cameraId))].flatMap((cameraId) => {
    const count = unknown.filter((row) => row.cameraId === cameraId).length;
    const possible = calls.filter(
      (call) => call.kind === 'start' && call.cameraId === cameraId && isUnknown(call),
    ).length;
    return count > possible
      ? [`camera ${cameraId} has ${count} streams that only ${possible} starts explain`]
      : [];
  });
}

function twoActive(rows: readonly LedgerRow[]): string[] {
  const active = rows.filter(({ desired }) => desired === 'RUNNING').map((row) => row.cameraId);
  return [...new Set(active)]
    .filter((camera) => active.filter((other) => other === camera).length > 1)
    .map((camera) => `camera ${camera} has more than one active stream`);
}

function wrongRefusals(calls: readonly Call[], rows: readonly LedgerRow[]): string[] {
  return calls
    .filter((call) => call.status === 409)
    .filter(
      (call) =>
        !wasActiveDuring(
          call,
          rows.find(({ id }) => id === call.activeStreamId),
        ),
    )
    .map(({ cameraId }) => `start of ${cameraId} was refused for a stream that was not active`);
}

function wasActiveDuring(call: Call, row: LedgerRow | undefined): boolean {
  if (row?.cameraId !== call.cameraId) return false;
  const stoppedAt = row.stoppedAt?.getTime() ?? Infinity;
  return (
    row.createdAt.getTime() - TOLERANCE_MS < (call.answeredAt ?? Infinity) &&
    stoppedAt + TOLERANCE_MS > call.sentAt
  );
}

const EXCUSES = FAULT_NAMES.filter((name) => /postgres|replica/.test(name));

/** Nobody is answered 5xx unless the database is in trouble, or the process is on its way out. */
function unexpectedAnswers({ calls, faults }: Story): string[] {
  const isExcused = ({ status, sentAt, answeredAt }: Call): boolean =>
    status === 503 &&
    faults.during(EXCUSES, sentAt - AFTERMATH_MS, answeredAt ?? sentAt).length > 0;
  return calls.all
    .filter(({ kind, status }) => status !== null && !EXPECTED[kind].includes(status))
    .filter((call) => !isExcused(call))
    .map(({ kind, cameraId, status }) => `${kind} of ${cameraId} was answered with ${status}`);
}

const EXPECTED: Readonly<Record<Call['kind'], readonly number[]>> = {
  start: [201, 409],
  stop: [200],
  // `changes` says whether the refusals were right.
  patch: [200, 409, 412],
  retry: [200, 409],
};
