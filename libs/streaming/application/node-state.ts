/**
 * How the node is, as far as this process knows: reachable or not, poisoned or not. Kept apart from
 * the streams, since a node that does not answer says nothing about them.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type NodeConditions } from '../domain/ports/node-leases.js';
import { StreamingSettings } from './streaming-settings.js';

/** A poisoned node is asked again this often whether a write passes. */
export const POISON_RETRY_MS = 60_000;

@Injectable()
export class NodeState {
  private readonly logger = new Logger('Node');
  private goodLooks = 0;
  private lastLookOkMs: number | null = null;
  private failingSinceMs: number | null = null;
  private leftAloneUntilMs = 0;
  private cause: string | null = null;
  private poisonedSinceMs: number | null = null;
  private sweepAtMs = 0;
  private version: string | null = null;
  private isBraked = false;

  constructor(
    private readonly clock: Clock,
    private readonly settings: StreamingSettings,
  ) {}

  /** False while a node that just failed is left alone; the tick asks it all the same. */
  get isWorthCalling(): boolean {
    return this.clock.monotonicMs() >= this.leftAloneUntilMs;
  }

  get isPoisoned(): boolean {
    return this.poisonedSinceMs !== null;
  }

  get isVersionKnown(): boolean {
    return this.version !== null;
  }

  /** Age of the last good look; null until there were two, since the first one proves nothing yet. */
  get lookAgeMs(): number | null {
    return this.lastLookOkMs === null || this.goodLooks < 2
      ? null
      : this.clock.monotonicMs() - this.lastLookOkMs;
  }

  get conditions(): NodeConditions {
    return {
      isReachable: this.failingSinceMs === null,
      cause: this.cause,
      version: this.version,
      isPoisoned: this.isPoisoned,
      isRemovalBraked: this.isBraked,
    };
  }

  newHolder(): void {
    this.goodLooks = 0;
    this.version = null;
    this.poisonedSinceMs = null;
  }

  nothingToWrite(): void {
    this.poisonedSinceMs = null;
  }

  answered(): void {
    this.leftAloneUntilMs = 0;
    if (this.failingSinceMs !== null) {
      const outageMs = Math.round(this.clock.monotonicMs() - this.failingSinceMs);
      this.logger.log({ nodeId: this.settings.nodeId, outageMs }, 'node answers again');
      this.version = null;
    }
    this.failingSinceMs = null;
    this.cause = null;
  }

  looked(): void {
    this.answered();
    this.goodLooks += 1;
    this.lastLookOkMs = this.clock.monotonicMs();
  }

  failed(cause: string): void {
    const nowMs = this.clock.monotonicMs();
    this.leftAloneUntilMs = nowMs + this.settings.breakerMs;
    this.cause = cause;
    if (this.failingSinceMs === null) {
      this.failingSinceMs = nowMs;
      this.logger.warn({ nodeId: this.settings.nodeId, cause }, 'node does not answer');
    }
  }

  knows(version: string): void {
    this.version = version;
  }

  /** The node refuses what is known to be good: some other path's body blocks every write. */
  poisoned(): void {
    if (this.poisonedSinceMs === null) {
      this.poisonedSinceMs = this.clock.monotonicMs();
      this.sweepAtMs = this.poisonedSinceMs;
      this.logger.error(
        { nodeId: this.settings.nodeId, code: 'NODE_CONFIG_POISONED' },
        'node refuses every write because of a path that was altered by hand; replace or delete that path, or rewrite its file',
      );
    }
  }

  writeAccepted(): void {
    if (this.poisonedSinceMs !== null) {
      const poisonedMs = Math.round(this.clock.monotonicMs() - this.poisonedSinceMs);
      this.logger.log({ nodeId: this.settings.nodeId, poisonedMs }, 'node accepts writes again');
    }
    this.poisonedSinceMs = null;
  }

  /** True once per retry interval while poisoned: then all own paths are replaced until one passes. */
  takeSweep(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (!this.isPoisoned || nowMs < this.sweepAtMs) {
      return false;
    }
    this.sweepAtMs = nowMs + POISON_RETRY_MS;
    return true;
  }

  braked(isBraked: boolean, unknownPaths: number): void {
    if (isBraked && !this.isBraked) {
      this.logger.error(
        { nodeId: this.settings.nodeId, unknownPaths },
        'many paths have no stream in the database; none is removed: is this the right database?',
      );
    }
    this.isBraked = isBraked;
  }
}
