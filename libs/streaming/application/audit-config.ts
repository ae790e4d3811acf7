/**
 * Finds drift that a look cannot show: a source, a flag or a transport of one of our paths that
 * somebody changed by hand. Due after gaining the lease, after each restart of the node, and every
 * CONFIG_AUDIT_INTERVAL_MS. Nothing is written here, and nothing is decided on an answer that is not
 * whole; what differs is handed to the writer, which reads the newest intent again.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type Fence } from '../domain/ports/node-leases.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { type AppliedSpec, StreamRepository } from '../domain/ports/stream-repository.js';
import { CheckNode } from './check-node.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

@Injectable()
export class AuditConfig {
  private readonly logger = new Logger('Node');
  private auditedEpoch: string | null = null;
  private nextAtMs = 0;
  private lastDrifted: ReadonlySet<string> = new Set();
  private hasSaidFailure = false;

  constructor(
    private readonly client: MediaMtxClient,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly check: CheckNode,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** @returns our paths that are not configured as wanted; none when no audit is due */
  async execute(fence: Fence, signal?: AbortSignal): Promise<readonly string[]> {
    const isNewHolder = fence.epoch !== this.auditedEpoch;
    const isDue = isNewHolder || this.clock.monotonicMs() >= this.nextAtMs;
    await this.check.execute(isDue, signal);
    // A poisoned node would refuse what mends the drift; the sweep is under way anyway.
    if (!isDue || this.node.isPoisoned) {
      return [];
    }
    const startedMs = this.clock.monotonicMs();
    const drifted = await this.audit(startedMs, signal);
    if (drifted === null) {
      return [];
    }
    this.auditedEpoch = fence.epoch;
    // What was found is looked at again at once, in case the write is lost; what stays is a fight
    // with somebody, and not fought at each tick.
    const isNews = drifted.some((path) => !this.lastDrifted.has(path));
    this.lastDrifted = new Set(drifted);
    this.nextAtMs = startedMs + (isNews ? 0 : this.settings.auditIntervalMs);
    return drifted;
  }

  /** Null when the answer says nothing; the next tick asks again. */
  private async audit(startedMs: number, signal?: AbortSignal): Promise<string[] | null> {
    const rows = await this.streams.appliedSpecs(this.settings.nodeId);
    if (rows.length === 0) {
      return [];
    }
    const wanted = new Map(rows.map(({ path, spec }) => [path, spec]));
    const answer = await this.client.auditConfig(wanted, signal);
    if (answer.kind === 'inconclusive') {
      this.sayFailure(answer.cause);
      return null;
    }
    this.hasSaidFailure = false;
    return rows
      .filter(({ path }) => answer.drifted.has(path))
      .filter((row) => this.isKnown(row, startedMs))
      .map(({ path }) => {
        const fields = answer.drifted.get(path);
        this.logger.warn({ path, fields }, 'path was altered by hand; it is configured again');
        return path;
      });
  }

  /** A write since the audit began may be what differs, and a refused body waits for its next try. */
  private isKnown({ streamId, path }: AppliedSpec, startedMs: number): boolean {
    return (
      !this.memory.isWrittenSince(path, startedMs) &&
      this.memory.mayApply(streamId, this.clock.monotonicMs())
    );
  }

  private sayFailure(cause: string): void {
    if (!this.hasSaidFailure) {
      this.logger.warn({ nodeId: this.settings.nodeId, cause }, 'configuration not audited');
    }
    this.hasSaidFailure = true;
  }
}
