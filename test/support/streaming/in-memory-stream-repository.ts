import { type Clock } from '#kernel/clock.js';
import { AppError } from '#kernel/app-error.js';
import { MAX_STATUS_CHANGES } from '#streaming/domain/connection-quality.js';
import { type Fence } from '#streaming/domain/ports/node-leases.js';
import {
  type ExpectedGenerations,
  type StreamPatch,
} from '#streaming/domain/ports/stream-changes.js';
import {
  type AppliedSpec,
  type EventPage,
  type NewStream,
  type PatchOutcome,
  type PathIntent,
  type PreviewOutcome,
  type RetryOutcome,
  type SavedChange,
  type StartOutcome,
  type StreamDetails,
  type StopOutcome,
  type StreamEventRecord,
  type StreamFilter,
  type StreamPage,
  type StreamRecord,
  StreamRepository,
  type WantedSpec,
} from '#streaming/domain/ports/stream-repository.js';
import { Reason } from '#streaming/domain/reason.js';
import { type StreamChange, type StreamState, isWanted } from '#streaming/domain/stream.js';
import { type Desired } from '#streaming/domain/stream-status.js';
import {
  type ChangeTime,
  decidePatch,
  isParked,
  judge,
  patchedRow,
  retriedRow,
} from './changed-rows.js';
import { placeOf } from './placement.js';
import { type StreamRow, newRow, stoppedRow, toRecord, withChange } from './stream-rows.js';

type Said = Pick<StreamEventRecord, 'type' | 'data'>;

const SAID: Said = { type: 'stream.status_changed', data: {} };

/** Streams and events in memory, with the same rules as the tables have. */
export class InMemoryStreamRepository extends StreamRepository {
  private readonly rows = new Map<string, StreamRow>();
  private readonly log: { readonly streamId: string; readonly event: StreamEventRecord }[] = [];
  /** The lease that is held now; what comes with another fence is not saved. */
  currentFence: Fence | null = null;
  /** What the lease holder wrote down: a start says at once that its node is down. */
  isNodeKnownDown = false;
  lookAgeMs: number | null = null;
  /** While true every call fails, as it does without a database. */
  isDown = false;
  /** While true rows can be read, and what was observed cannot be saved: one of them is locked. */
  isLocked = false;
  /** How long the ages of intents wait for a connection. */
  busyMs = 0;
  /** Statements that could have written. */
  writes = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  override async start(stream: NewStream): Promise<StartOutcome> {
    this.mustAnswer();
    this.writes += 1;
    const active = [...this.rows.values()].find(
      ({ state }) => state.cameraId === stream.cameraId && state.desired === 'RUNNING',
    );
    if (active !== undefined) {
      return { kind: 'busy', activeStreamId: active.state.id };
    }
    const nodeId = placeOf(stream, this.newestFirst());
    if (nodeId === null) {
      return { kind: 'no_room' };
    }
    const reason = this.isNodeKnownDown ? Reason.nodeUnreachable : null;
    const row = newRow(stream, { nodeId, reason }, this.time());
    this.put(row);
    this.append(row, null);
    return { kind: 'started', stream: this.read(row) };
  }

  override async findById(id: string): Promise<StreamRecord | null> {
    this.mustAnswer();
    const row = this.rows.get(id);
    return row === undefined ? null : this.read(row);
  }

  override async findDetails(id: string): Promise<StreamDetails | null> {
    const stream = await this.findById(id);
    const nowMs = this.clock.now().getTime();
    const changes = this.eventsOf(id)
      .filter(({ type }) => type === 'stream.status_changed')
      .slice(-MAX_STATUS_CHANGES)
      .map(({ fromStatus, toStatus, at, data }) => ({
        fromStatus,
        toStatus,
        isAsked: 'by' in data,
        at,
        ageMs: Math.max(0, nowMs - at.getTime()),
      }));
    return stream === null ? null : { stream, changes };
  }

  override async list(filter: StreamFilter, page: StreamPage): Promise<StreamRecord[]> {
    this.mustAnswer();
    return this.newestFirst()
      .filter((row) => matches(row, filter))
      .filter(({ state }) => page.beforeId === null || state.id < page.beforeId)
      .slice(0, page.limit)
      .map((row) => this.read(row));
  }

  override async events(streamId: string, page: EventPage): Promise<StreamEventRecord[] | null> {
    this.mustAnswer();
    const before = page.beforeVersion ?? Number.POSITIVE_INFINITY;
    return this.rows.has(streamId)
      ? this.eventsOf(streamId)
          .filter(({ version }) => version < before)
          .reverse()
          .slice(0, page.limit)
      : null;
  }

  override async stop(id: string, expected: ExpectedGenerations = null): Promise<StopOutcome> {
    const row = this.locked(id);
    if (row?.state.desired === 'STOPPED') {
      return {
        kind: 'stopped',
        stream: this.read(row),
        previousStatus: row.state.status,
        hasStopped: false,
      };
    }
    const judged = judge(row, expected);
    if (judged.kind !== 'active') {
      return judged as Exclude<typeof judged, { kind: 'stopped' }>;
    }
    const stream = this.change(judged.row, stoppedRow(judged.row, this.time()));
    return { kind: 'stopped', stream, previousStatus: judged.row.state.status, hasStopped: true };
  }

  override async patch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PatchOutcome> {
    const decided = decidePatch(judge(this.locked(id), expected), change);
    if (decided.kind !== 'decided') {
      return decided;
    }
    const { row, effect, changed } = decided;
    const event = { type: 'stream.patched', data: { by: 'patch', changed } };
    const stream =
      changed.length === 0
        ? this.read(row)
        : this.change(row, patchedRow(decided, this.time()), effect === 'none' ? null : event);
    return { kind: 'patched', stream, previousStatus: row.state.status, effect, changed };
  }

  override async previewPatch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PreviewOutcome> {
    this.mustAnswer();
    const decided = decidePatch(judge(this.rows.get(id), expected), change);
    if (decided.kind !== 'decided') {
      return decided;
    }
    const { row, effect, changed } = decided;
    return { kind: 'previewed', nodeId: row.nodeId, path: row.state.path, effect, changed };
  }

  override async retry(id: string, expected: ExpectedGenerations): Promise<RetryOutcome> {
    const judged = judge(this.locked(id), expected);
    if (judged.kind !== 'active') {
      return judged;
    }
    const { row } = judged;
    const event = { type: 'stream.retried', data: { by: 'retry' } };
    const stream = this.change(row, retriedRow(row, this.time()), event);
    return {
      kind: 'retried',
      stream,
      previousStatus: row.state.status,
      wasParked: isParked(row),
    };
  }

  override async intentFor(nodeId: string, path: string): Promise<PathIntent | null> {
    this.mustAnswer();
    const row = this.newest(nodeId, path);
    if (row === undefined) {
      return null;
    }
    const { state, source, transport } = row;
    const spec = { source, onDemand: state.onDemand, transport };
    return { state, spec: isWanted(state) ? spec : null };
  }

  override async workingSet(nodeId: string, lookAgeMs: number): Promise<StreamState[]> {
    this.mustAnswer();
    const newestMs = this.clock.monotonicMs() - lookAgeMs;
    return [...this.rows.values()]
      .filter((row) => row.nodeId === nodeId && row.intentAtMs <= newestMs)
      .map(({ state }) => state)
      .filter(({ desired, removalPending }) => desired === 'RUNNING' || removalPending);
  }

  override async appliedSpecs(nodeId: string): Promise<AppliedSpec[]> {
    this.mustAnswer();
    return [...this.rows.values()]
      .filter((row) => row.nodeId === nodeId && isWanted(row.state))
      .filter(({ state }) => state.appliedGeneration === state.generation)
      .map(({ state, source, transport }) => ({
        streamId: state.id,
        cameraId: state.cameraId,
        path: state.path,
        spec: { source, onDemand: state.onDemand, transport },
      }));
  }

  override async wantedSpecs(nodeId: string): Promise<WantedSpec[]> {
    this.mustAnswer();
    return [...this.rows.values()]
      .filter((row) => row.nodeId === nodeId && isWanted(row.state))
      .map(({ state: { id, path, generation, onDemand }, source, transport }) => ({
        id,
        path,
        generation,
        spec: { source, onDemand, transport },
      }));
  }

  override async intentAges(ids: readonly string[]): Promise<Map<string, number>> {
    this.mustAnswer();
    if (this.busyMs > 0) {
      await this.clock.delay(this.busyMs);
    }
    const nowMs = this.clock.monotonicMs();
    return new Map(
      ids.flatMap((id) => {
        const row = this.rows.get(id);
        return row === undefined ? [] : [[id, nowMs - row.intentAtMs] as const];
      }),
    );
  }

  override async newestDesired(
    nodeId: string,
    paths: readonly string[],
  ): Promise<Map<string, Desired>> {
    this.mustAnswer();
    return new Map(
      paths.flatMap((path) => {
        const row = this.newest(nodeId, path);
        return row === undefined ? [] : [[path, row.state.desired] as const];
      }),
    );
  }

  override async saveObserved(
    changes: readonly StreamChange[],
    fence: Fence | null,
  ): Promise<Map<string, SavedChange>> {
    this.mustAnswer();
    if (changes.length > 0 && this.isLocked) {
      throw new Error('canceling statement due to lock timeout');
    }
    this.writes += 1;
    if (fence !== null && !isSame(fence, this.currentFence)) {
      return new Map();
    }
    const nowMs = this.clock.now().getTime();
    return new Map(
      changes
        .filter((change) => this.save(change))
        .map(({ from, event }) => [
          from.id,
          {
            nodeId: this.rows.get(from.id)?.nodeId ?? '',
            awaited: event?.toStatus === 'RUNNING' ? this.awaited(from, nowMs) : null,
          },
        ]),
    );
  }

  /** As the statement works it out: the first time, or the newest loss that was not asked for. */
  private awaited({ id }: StreamState, nowMs: number): SavedChange['awaited'] {
    const row = this.rows.get(id);
    const events = this.log.filter(({ streamId }) => streamId === id);
    const runs = events.filter(({ event }) => event.toStatus === 'RUNNING');
    if (row !== undefined && runs.length === 1) {
      return { since: 'start', ms: nowMs - row.createdAt.getTime() };
    }
    const lost = events.findLast(({ event }) => event.fromStatus === 'RUNNING');
    return lost === undefined || 'by' in lost.event.data
      ? null
      : { since: 'loss', ms: nowMs - lost.event.at.getTime() };
  }

  /** Oldest first. */
  eventsOf(streamId: string): StreamEventRecord[] {
    return this.log.filter((entry) => entry.streamId === streamId).map(({ event }) => event);
  }

  stateOf(streamId: string): StreamState {
    const row = this.rows.get(streamId);
    if (row === undefined) {
      throw new Error(`there is no stream ${streamId}`);
    }
    return row.state;
  }

  /** Its password is refused: its path is to be taken out of the node. */
  park(streamId: string): void {
    const row = this.rows.get(streamId);
    if (row !== undefined) {
      this.put({ ...row, state: { ...row.state, parkedGeneration: row.state.generation } });
    }
  }

  isParked(streamId: string): boolean {
    const row = this.rows.get(streamId);
    return row !== undefined && isParked(row);
  }

  /** All data is gone, as after a restore of an empty backup. */
  wipe(): void {
    this.rows.clear();
    this.log.length = 0;
  }

  private save(change: StreamChange): boolean {
    const row = this.rows.get(change.from.id);
    if (row?.state.version !== change.from.version) {
      return false;
    }
    const saved = withChange(row, change, this.clock.now());
    this.put(saved);
    if (change.event !== null) {
      this.append(saved, row.state, { ...SAID, type: change.event.type });
    }
    return true;
  }

  private locked(id: string): StreamRow | undefined {
    this.mustAnswer();
    this.writes += 1;
    return this.rows.get(id);
  }

  /** @param event its type counts where the status stays; null writes none */
  private change(from: StreamRow, to: StreamRow, event: Said | null = SAID): StreamRecord {
    this.put(to);
    if (event !== null) {
      const isSame = from.state.status === to.state.status;
      this.append(to, from.state, isSame ? event : { ...SAID, data: event.data });
    }
    return this.read(to);
  }

  private put(row: StreamRow): void {
    this.rows.set(row.state.id, row);
  }

  private append(row: StreamRow, from: StreamState | null, { type, data }: Said = SAID): void {
    const event = {
      seq: String(this.log.length + 1),
      at: this.clock.now(),
      type,
      fromStatus: from?.status ?? null,
      toStatus: row.state.status,
      reason: row.state.reason,
      generation: row.state.generation,
      version: row.state.version,
      data,
    };
    this.log.push({ streamId: row.state.id, event });
  }

  private read(row: StreamRow): StreamRecord {
    return toRecord(row, this.lookAgeMs, this.clock.now());
  }

  private newest(nodeId: string, path: string): StreamRow | undefined {
    const rows = this.newestFirst().filter(
      (row) => row.nodeId === nodeId && row.state.path === path,
    );
    return rows.find(({ state }) => state.desired === 'RUNNING') ?? rows[0];
  }

  private newestFirst(): StreamRow[] {
    return [...this.rows.values()].sort((one, other) => (one.state.id < other.state.id ? 1 : -1));
  }

  private time(): ChangeTime {
    const [now, monotonicMs] = [this.clock.now(), this.clock.monotonicMs()];
    return { now, monotonicMs, isNodeDown: this.isNodeKnownDown };
  }

  private mustAnswer(): void {
    if (this.isDown) {
      throw new AppError('unavailable', 'database.unavailable', 'The database cannot be used.');
    }
  }
}

function isSame(fence: Fence, current: Fence | null): boolean {
  return (
    fence.nodeId === current?.nodeId &&
    fence.owner === current.owner &&
    fence.epoch === current.epoch
  );
}

function matches({ state, labels }: StreamRow, filter: StreamFilter): boolean {
  return (
    (filter.status === undefined || filter.status === state.status) &&
    (filter.cameraId === undefined || filter.cameraId === state.cameraId) &&
    Object.entries(filter.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
}
