/** What a patch and a retry make of a row in memory, by the rules of the statements. */
import { MAX_LABELS } from '#streaming/domain/labels.js';
import {
  type ExpectedGenerations,
  type PatchDecision,
  type PatchedField,
  type RefusedChange,
  type RefusedPatch,
  type StreamPatch,
} from '#streaming/domain/ports/stream-changes.js';
import { Reason } from '#streaming/domain/reason.js';
import { type SourceUrl, fullSourceUrl } from '#streaming/domain/source-url.js';
import { type StreamState } from '#streaming/domain/stream.js';
import { type StreamRow, type Time } from './stream-rows.js';

type Judged = RefusedChange | { readonly kind: 'active'; readonly row: StreamRow };

export function judge(row: StreamRow | undefined, expected: ExpectedGenerations): Judged {
  if (row === undefined) {
    return { kind: 'not_found' };
  }
  const { desired, generation } = row.state;
  if (desired === 'STOPPED') {
    return { kind: 'stopped' };
  }
  const isExpected = expected === null || expected.includes(generation);
  return isExpected ? { kind: 'active', row } : { kind: 'stale', generation };
}

export interface DecidedPatch extends PatchDecision {
  readonly kind: 'decided';
  readonly row: StreamRow;
  readonly patch: StreamPatch;
  readonly labels: Readonly<Record<string, string>>;
}

/** The one decision for a patch and its preview. */
export function decidePatch(judged: Judged, patch: StreamPatch): DecidedPatch | RefusedPatch {
  if (judged.kind !== 'active') {
    return judged;
  }
  const { row } = judged;
  const labels = mergedLabels(row.labels, patch.labels);
  if (Object.keys(labels).length > MAX_LABELS) {
    return { kind: 'too_many_labels' };
  }
  const differs: readonly (readonly [PatchedField, boolean])[] = [
    ['source', patch.source !== undefined && !isSameSource(patch.source, row.source)],
    ['onDemand', (patch.onDemand ?? row.state.onDemand) !== row.state.onDemand],
    ['transport', (patch.transport ?? row.transport) !== row.transport],
    ['labels', !isSameLabels(labels, row.labels)],
  ];
  const changed = differs.flatMap(([field, isNew]) => (isNew ? [field] : []));
  const effect = changed.some((field) => field !== 'labels') ? 'restart' : 'none';
  return { kind: 'decided', row, patch, effect, changed, labels };
}

export interface ChangeTime extends Time {
  /** As its lease holder wrote it down. */
  readonly isNodeDown: boolean;
}

export function patchedRow(
  { row, patch, labels, effect, changed }: DecidedPatch,
  { now, monotonicMs, isNodeDown }: ChangeTime,
): StreamRow {
  const { state } = row;
  const version = state.version + 1;
  if (effect === 'none') {
    return { ...row, state: { ...state, version }, labels, updatedAt: now };
  }
  const isSourceNew = changed.includes('source');
  const reason = isNodeDown ? Reason.nodeUnreachable : Reason.sourceChanged;
  return {
    ...row,
    state: {
      ...state,
      ...startedBy(state, isSourceNew, reason),
      onDemand: patch.onDemand ?? state.onDemand,
      generation: state.generation + 1,
      parkedGeneration: isSourceNew ? state.parkedGeneration : parkedWith(row),
      version,
    },
    source: patch.source ?? row.source,
    transport: patch.transport ?? row.transport,
    labels,
    intentAtMs: monotonicMs,
    updatedAt: now,
  };
}

export function retriedRow(
  row: StreamRow,
  { now, monotonicMs, isNodeDown }: ChangeTime,
): StreamRow {
  const { state } = row;
  return {
    ...row,
    state: {
      ...state,
      status: 'STARTING',
      reason: isNodeDown ? Reason.nodeUnreachable : retryReason(state),
      generation: state.generation + 1,
      version: state.version + 1,
    },
    intentAtMs: monotonicMs,
    updatedAt: now,
  };
}

export function isParked({ state }: StreamRow): boolean {
  return state.parkedGeneration === state.generation;
}

/** Only a new source, or a retry, leads out of ERROR. */
function startedBy(
  { status }: StreamState,
  isSourceNew: boolean,
  reason: string,
): Partial<StreamState> {
  return isSourceNew || status !== 'ERROR' ? { status: 'STARTING', reason } : {};
}

/** Parked it stays with its next generation, too. */
function parkedWith(row: StreamRow): number | null {
  return isParked(row) ? row.state.generation + 1 : row.state.parkedGeneration;
}

function retryReason({ status, reason }: StreamState): string | null {
  if (status === 'RUNNING') {
    return Reason.reconnecting;
  }
  return status === 'STARTING' ? reason : null;
}

function mergedLabels(
  labels: Readonly<Record<string, string>>,
  patch: StreamPatch['labels'],
): Record<string, string> {
  const merged = { ...(patch === null ? {} : labels), ...patch };
  return Object.fromEntries(
    Object.entries(merged).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  );
}

function isSameSource(one: SourceUrl, other: SourceUrl): boolean {
  return fullSourceUrl(one) === fullSourceUrl(other);
}

function isSameLabels(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  const sorted = (labels: object): string => JSON.stringify(Object.entries(labels).sort());
  return sorted(one) === sorted(other);
}
