/**
 * Finds drift that a look cannot show: a source, a flag or a transport of one of our paths that
 * somebody changed by hand. Due every CONFIG_AUDIT_INTERVAL_MS, after gaining the lease and after an
 * outage. Nothing is written here, and nothing is decided on an answer that is not whole; what
 * differs is handed to the writer, which reads the newest intent again.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { SOURCE_FIELD, rememberWrongSource } from '../domain/drift.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { type AppliedSpec, StreamRepository } from '../domain/ports/stream-repository.js';
import { type PathResult } from './apply-path.js';
import { CheckNode } from './check-node.js';
import { DriftLedger } from './drift-ledger.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

/** An audit waits for a tick: due a little early, it falls to the one before the interval is over. */
const EARLY = 0.95;

const SETTLED: readonly PathResult['kind'][] = ['applied', 'removed', 'refused'];

@Injectable()
export class AuditConfig {
  private readonly logger = new Logger('Stream');
  private nextAtMs = 0;
  private lastDrifted: ReadonlySet<string> = new Set();
  /** Found, and the write that puts it right was not answered yet. */
  private readonly open = new Set<string>();

  constructor(
    private readonly client: MediaMtxClient,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly check: CheckNode,
    private readonly drift: DriftLedger,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** Whether something that was found still waits to be put right. */
  get isMending(): boolean {
    return this.open.size > 0;
  }

  /** @returns our paths that are not configured as wanted; none when no audit is due */
  async execute(signal?: AbortSignal): Promise<readonly string[]> {
    const startedMs = this.clock.monotonicMs();
    if (!this.node.isInspected) {
      this.nextAtMs = startedMs;
    }
    const isDue = startedMs >= this.nextAtMs;
    // A poisoned node would refuse what mends the drift; the sweep is under way anyway.
    const isUseful = isDue && !this.node.isPoisoned;
    const [drifted] = await Promise.all([
      isUseful ? this.audit(startedMs, signal) : null,
      this.check.execute(isDue, signal),
    ]);
    if (drifted === null) {
      return [];
    }
    // What was found is looked at again at the next tick, since a 200 is no proof; what stays is a
    // fight with somebody, and not fought at each tick.
    const isNews = drifted.some((path) => !this.lastDrifted.has(path));
    this.lastDrifted = new Set(drifted);
    this.nextAtMs = startedMs + (isNews ? 0 : this.settings.auditIntervalMs * EARLY);
    return drifted;
  }

  /** What became of the write that was to put a path right: one that was not answered is no end. */
  wrote(path: string, { kind }: PathResult): void {
    if (SETTLED.includes(kind)) {
      this.open.delete(path);
    } else {
      this.nextAtMs = this.clock.monotonicMs();
    }
  }

  /** Null when the answer says nothing; the next tick asks again. */
  private async audit(startedMs: number, signal?: AbortSignal): Promise<string[] | null> {
    const rows = await this.streams.appliedSpecs(this.settings.nodeId);
    const fieldsOf = await this.compare(rows, signal);
    if (fieldsOf === null) {
      return null;
    }
    const drifted = rows.filter((row) => fieldsOf.has(row.path) && this.isKnown(row, startedMs));
    this.drift.saw(
      'altered',
      drifted.map(({ path }) => path),
    );
    const before = new Set(this.open);
    this.open.clear();
    for (const row of drifted) {
      this.open.add(row.path);
      this.found(row, fieldsOf.get(row.path) ?? [], before.has(row.path));
    }
    return drifted.map(({ path }) => path);
  }

  private async compare(
    rows: readonly AppliedSpec[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]> | null> {
    if (rows.length === 0) {
      this.node.episodes.notAudited.end();
      return new Map();
    }
    const wanted = new Map(rows.map(({ path, spec }) => [path, spec]));
    const answer = await this.client.auditConfig(wanted, signal);
    if (answer.kind === 'complete') {
      this.node.episodes.notAudited.end();
      return answer.drifted;
    }
    if (signal?.aborted !== true) {
      this.node.episodes.notAudited.begin({ cause: answer.cause });
    }
    return null;
  }

  /** A write since the audit began may be what differs, and a refused body waits for its next try. */
  private isKnown({ streamId, path }: AppliedSpec, startedMs: number): boolean {
    return (
      !this.memory.isWrittenSince(path, startedMs) &&
      this.memory.mayApply(streamId, this.clock.monotonicMs())
    );
  }

  private found(
    { streamId, cameraId, path }: AppliedSpec,
    fields: readonly string[],
    isSaid: boolean,
  ): void {
    if (fields.includes(SOURCE_FIELD)) {
      this.memory.update(streamId, this.clock.monotonicMs(), rememberWrongSource);
    }
    if (!isSaid) {
      const { nodeId } = this.settings;
      this.logger.warn(
        { nodeId, streamId, cameraId, path, fields },
        'path was altered by hand; it is configured again',
      );
    }
  }
}
