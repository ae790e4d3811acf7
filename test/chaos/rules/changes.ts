/** Accepted patches and retries are kept, and one that was refused was refused with reason. */
import { type Variant } from '../scenario/scenario.js';
import { type Call, isUnknown } from '../story/calls.js';
import { type Story } from '../story/story.js';
import { type LedgerEvent, type LedgerRow } from '../world/ledger.js';

/** Two instants that Postgres and the caller's clock may see in another order. */
const TOLERANCE_MS = 1_000;

/** One stream, what it was asked for, and what became of it. */
interface Asked {
  readonly row: LedgerRow;
  readonly calls: readonly Call[];
  readonly events: readonly LedgerEvent[];
}

export function changeFaults(
  { calls, witness }: Story,
  rows: readonly LedgerRow[],
  events: readonly LedgerEvent[],
): string[] {
  return rows.flatMap((row) => {
    const asked: Asked = {
      row,
      calls: calls.all.filter(({ streamId }) => streamId === row.id),
      events: events.filter(({ streamId }) => streamId === row.id),
    };
    return [
      ...lostSources(asked),
      ...labelFaults(asked),
      ...retryFaults(asked),
      ...inventedChanges(asked),
      ...twoWinners(asked),
      ...asked.calls.filter((call) => isRefusedWrongly(call, row)).map(wrongRefusal),
      ...oldConnections(asked, witness.connectedAt(row.path)),
    ].map((fault) => `stream ${row.id} of ${row.cameraId}: ${fault}`);
  });
}

/** There are two sources, so each change of it is from one to the other. */
function variantAt({ row, events }: Asked, generation: number): Variant {
  const last: Variant = row.source.endsWith('v=main') ? 'main' : 'sub';
  const since = events.filter((event) => isSourceChange(event) && event.generation > generation);
  if (since.length % 2 === 0) return last;
  return last === 'main' ? 'sub' : 'main';
}

const isSourceChange = ({ changed }: LedgerEvent): boolean => changed?.includes('source') ?? false;

const isAccepted = ({ status }: Call): boolean => status === 200 || status === 201;

function lostSources(asked: Asked): string[] {
  return asked.calls
    .filter(isAccepted)
    .filter(
      ({ variant, generation }) =>
        variant !== null && generation !== null && variantAt(asked, generation) !== variant,
    )
    .map((call) => `${call.kind} to ${call.variant} was accepted, and is not what is wanted`);
}

function labelFaults({ row, calls }: Asked): string[] {
  const labels = calls.filter(({ label }) => label !== null);
  const possible = labels.filter((call) => isAccepted(call) || isUnknown(call));
  return [
    ...labels
      .filter((call) => isAccepted(call) && row.labels[call.label ?? ''] === undefined)
      .map(({ label }) => `label ${label} was accepted, and is not there`),
    ...Object.keys(row.labels)
      .filter((key) => !possible.some(({ label }) => label === key))
      .map((key) => `label ${key} was refused, and is there`),
  ];
}

function retryFaults({ calls, events }: Asked): string[] {
  return calls
    .filter((call) => call.kind === 'retry' && isAccepted(call))
    .filter(
      (call) =>
        !events.some(({ by, generation }) => by === 'retry' && generation === call.generation),
    )
    .map(({ generation }) => `retry was accepted as generation ${generation}, which never was`);
}

/** A call whose answer never came may have made one; nothing else may. */
function inventedChanges({ calls, events }: Asked): string[] {
  return (['patch', 'retry'] as const).flatMap((kind) => {
    const count = events.filter(({ by }) => by === kind).length;
    const possible = calls.filter(
      (call) => call.kind === kind && call.label === null && (isAccepted(call) || isUnknown(call)),
    ).length;
    return count > possible ? [`${count} times ${kind}, which only ${possible} calls explain`] : [];
  });
}

/** What two callers read, only one of them can have changed. */
function twoWinners({ calls }: Asked): string[] {
  const changed = calls.filter(
    (call) => isAccepted(call) && call.basedOn !== null && call.generation === call.basedOn + 1,
  );
  const generations = changed.map(({ generation }) => generation);
  return generations
    .filter((generation, index) => generations.indexOf(generation) !== index)
    .map((generation) => `two calls were answered that they made generation ${generation}`);
}

function isRefusedWrongly(call: Call, row: LedgerRow): boolean {
  if (call.kind !== 'patch' && call.kind !== 'retry') return false;
  if (call.status === 412) return call.basedOn === null || row.generation <= call.basedOn;
  const isStopped = (row.stoppedAt?.getTime() ?? Infinity) - TOLERANCE_MS < call.answeredAt!;
  return call.status === 409 && !isStopped;
}

const wrongRefusal = ({ kind, status, basedOn }: Call): string =>
  `${kind} on generation ${basedOn ?? 'any'} was refused with ${status}, without a reason`;

/** What was pulled before another source was asked for is not what was asked for. */
function oldConnections({ row, events }: Asked, connectedAt: number | null): string[] {
  const changedAt = events.findLast(isSourceChange)?.at.getTime() ?? 0;
  return row.desired === 'RUNNING' && connectedAt !== null && connectedAt < changedAt
    ? ['media comes by a connection from before its source was changed']
    : [];
}
