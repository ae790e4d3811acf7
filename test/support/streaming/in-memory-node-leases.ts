import { type Clock } from '#kernel/clock.js';
import {
  type Fence,
  type NodeConditions,
  NodeLeases,
  type NodeReport,
} from '#streaming/domain/ports/node-leases.js';

interface LeaseRow {
  owner: string;
  epoch: number;
  expiresAtMs: number;
  lastLookOkAtMs: number | null;
  conditions: NodeConditions | null;
}

/** The lease rows of all replicas; each replica's `NodeLeases` works on the same table. */
export class LeaseTable {
  readonly rows = new Map<string, LeaseRow>();

  constructor(
    readonly clock: Clock,
    readonly ttlMs = 15_000,
  ) {}
}

/** One replica's view of the leases: takes them under its own owner. */
export class InMemoryNodeLeases extends NodeLeases {
  private readonly epochs = new Map<string, number>();
  /** While true every call fails, as it does without a database. */
  isDown = false;
  /** Statements that changed a row, renewals aside. */
  conditionWrites = 0;

  constructor(
    private readonly table: LeaseTable,
    private readonly owner = 'vigia-1:3000',
  ) {
    super();
  }

  override async hold(nodeId: string, lastLookAgeMs: number | null): Promise<Fence | null> {
    this.mustAnswer();
    const nowMs = this.table.clock.monotonicMs();
    const old = this.table.rows.get(nodeId);
    if (old !== undefined && this.isTaken(nodeId, old, nowMs)) {
      return null;
    }
    const epoch = this.epochAfter(nodeId, old);
    const before = old ?? { lastLookOkAtMs: null, conditions: null };
    this.epochs.set(nodeId, epoch);
    this.table.rows.set(nodeId, {
      owner: this.owner,
      epoch,
      expiresAtMs: nowMs + this.table.ttlMs,
      lastLookOkAtMs: lastLookAgeMs === null ? before.lastLookOkAtMs : nowMs - lastLookAgeMs,
      conditions: before.conditions,
    });
    return { nodeId, owner: this.owner, epoch: String(epoch) };
  }

  override async release(fence: Fence): Promise<void> {
    this.mustAnswer();
    this.epochs.delete(fence.nodeId);
    const row = this.rowOf(fence);
    if (row !== null) {
      row.expiresAtMs = this.table.clock.monotonicMs() - 1;
    }
  }

  override async saveConditions(fence: Fence, conditions: NodeConditions): Promise<void> {
    this.mustAnswer();
    const row = this.rowOf(fence);
    if (row !== null) {
      row.conditions = conditions;
      this.conditionWrites += 1;
    }
  }

  override async report(): Promise<NodeReport[]> {
    this.mustAnswer();
    const nowMs = this.table.clock.monotonicMs();
    const dateOf = (ms: number): Date => new Date(this.table.clock.now().getTime() + ms - nowMs);
    return [...this.table.rows].map(([nodeId, row]) => ({
      nodeId,
      owner: row.owner,
      isLeased: row.expiresAtMs > nowMs,
      epoch: String(row.epoch),
      expiresAt: dateOf(row.expiresAtMs),
      lookedAt: row.lastLookOkAtMs === null ? null : dateOf(row.lastLookOkAtMs),
      lookAgeMs: row.lastLookOkAtMs === null ? null : nowMs - row.lastLookOkAtMs,
      conditions: row.conditions,
    }));
  }

  /** By another owner, or by a later process of this one, while this one was frozen. */
  private isTaken(nodeId: string, row: LeaseRow, nowMs: number): boolean {
    const isOurs = row.owner === this.owner && (this.epochs.get(nodeId) ?? row.epoch) === row.epoch;
    return !isOurs && row.expiresAtMs >= nowMs;
  }

  /** A renewal keeps its epoch; whoever takes the lease, a restarted owner too, takes the next one. */
  private epochAfter(nodeId: string, old: LeaseRow | undefined): number {
    if (old === undefined) {
      return 1;
    }
    const isRenewal = old.owner === this.owner && this.epochs.get(nodeId) === old.epoch;
    return isRenewal ? old.epoch : old.epoch + 1;
  }

  private rowOf(fence: Fence): LeaseRow | null {
    const row = this.table.rows.get(fence.nodeId);
    return row?.owner === fence.owner && String(row.epoch) === fence.epoch ? row : null;
  }

  private mustAnswer(): void {
    if (this.isDown) {
      throw new Error('the database does not answer');
    }
  }
}
