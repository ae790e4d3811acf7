import { type Clock } from '#kernel/clock.js';
import { AppError } from '#kernel/app-error.js';
import { MAX_STATUS_CHANGES } from '#streaming/domain/connection-quality.js';
import { type Fence } from '#streaming/domain/ports/node-leases.js';
import {
  type AppliedSpec,
  type EventPage,
  type NewStream,
  type PathIntent,
  type StartOutcome,
  type StreamDetails,
  type StreamEventRecord,
  type StreamFilter,
  type StreamPage,
  type StreamRecord,
  StreamRepository,
} from '#streaming/domain/ports/stream-repository.js';
import { Reason } from '#streaming/domain/reason.js';
import { type StreamChange, type StreamState, isWanted } from '#streaming/domain/stream.js';
import { type Desired } from '#streaming/domain/stream-status.js';
import { type StreamRow, newRow, stoppedRow, toRecord, withChange } from './stream-rows.js';

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
    const reason = this.isNodeKnownDown ? Reason.nodeUnreachable : null;
    const row = newRow(stream, reason, this.time());
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

  override async stop(id: string): Promise<{ stream: StreamRecord; hasStopped: boolean } | null> {
    this.mustAnswer();
    this.writes += 1;
    const row = this.rows.get(id);
    if (row === undefined) {
      return null;
    }
    if (row.state.desired === 'STOPPED') {
      return { stream: this.read(row), hasStopped: false };
    }
    const stopped = stoppedRow(row, this.time());
    this.put(stopped);
    this.append(stopped, row.state);
    return { stream: this.read(stopped), hasStopped: true };
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
        path: state.path,
        spec: { source, onDemand: state.onDemand, transport },
      }));
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
  ): Promise<Set<string>> {
    this.mustAnswer();
    if (changes.length > 0 && this.isLocked) {
      throw new Error('canceling statement due to lock timeout');
    }
    this.writes += 1;
    if (fence !== null && !isSame(fence, this.currentFence)) {
      return new Set();
    }
    return new Set(changes.filter((change) => this.save(change)).map(({ from }) => from.id));
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
      this.append(saved, row.state, change.event.type);
    }
    return true;
  }

  private put(row: StreamRow): void {
    this.rows.set(row.state.id, row);
  }

  private append(row: StreamRow, from: StreamState | null, type = 'stream.status_changed'): void {
    const event = {
      seq: String(this.log.length + 1),
      at: this.clock.now(),
      type,
      fromStatus: from?.status ?? null,
      toStatus: row.state.status,
      reason: row.state.reason,
      generation: row.state.generation,
      version: row.state.version,
      data: {},
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

  private time(): { now: Date; monotonicMs: number } {
    return { now: this.clock.now(), monotonicMs: this.clock.monotonicMs() };
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
