/** How the agent of the node is, as far as this process knows; the node itself may be well without it. */
import { Logger } from '@nestjs/common';

import { type Clock } from '#kernel/clock.js';

import { type AgentConditions } from '../domain/ports/node-leases.js';
import { Breaker } from './breaker.js';

/**
 * Too low: an agent that hangs holds up each tick. Too high: one that is back is noticed late, though
 * its first hint ends the wait.
 */
const LONGEST_WAIT_MS = 30_000;

export class AgentState {
  private readonly logger = new Logger('Node');
  private readonly breaker: Breaker;
  private hasAnswered = false;
  private failingSinceMs: number | null = null;
  private cause: string | null = null;
  private bootFileCause: string | null = null;
  private leftOut: ReadonlySet<string> = new Set();

  constructor(
    private readonly clock: Clock,
    private readonly nodeId: string,
  ) {
    this.breaker = new Breaker(clock, LONGEST_WAIT_MS);
  }

  get mayCall(): boolean {
    return this.breaker.mayCall;
  }

  /** There is one, and it answered last. */
  get isHeard(): boolean {
    return this.hasAnswered;
  }

  get conditions(): AgentConditions {
    return {
      agentCause: this.cause,
      leftOutPaths: this.leftOut.size,
      bootFileCause: this.bootFileCause,
    };
  }

  /** Only while `mayCall`; followed by what became of the call. */
  callBegan(): void {
    this.breaker.callBegan();
  }

  /** It is said to be back: it is asked at once whether that is so. */
  saidToBeBack(): void {
    this.breaker.hurry();
  }

  failed(cause: string, startedMs: number): void {
    this.breaker.failed(startedMs);
    this.hasAnswered = false;
    this.cause = cause;
    if (this.failingSinceMs === null) {
      this.failingSinceMs = this.clock.monotonicMs();
      const { nodeId } = this;
      this.logger.warn(
        { nodeId, cause },
        'node agent does not answer; the node is looked after without it',
      );
    }
  }

  /** @param leftOut paths that its MediaMTX would refuse */
  answered(leftOut: readonly string[]): void {
    const { nodeId } = this;
    this.breaker.succeeded();
    this.hasAnswered = true;
    this.cause = null;
    if (this.failingSinceMs !== null) {
      const outageMs = Math.round(this.clock.monotonicMs() - this.failingSinceMs);
      this.failingSinceMs = null;
      this.logger.log({ nodeId, outageMs }, 'node agent answers again');
    }
    const news = leftOut.filter((path) => !this.leftOut.has(path));
    if (news.length > 0) {
      this.logger.warn(
        { nodeId, paths: news.slice(0, 10), count: leftOut.length },
        'paths are left out of what MediaMTX boots with: it would refuse them',
      );
    }
    this.leftOut = new Set(leftOut);
  }

  bootFileIsCurrent(): void {
    if (this.bootFileCause !== null) {
      this.logger.log({ nodeId: this.nodeId }, 'what MediaMTX boots with is up to date again');
    }
    this.bootFileCause = null;
  }

  /** What MediaMTX would boot with is not what is wanted; said once until it is again. */
  bootFileIsStale(cause: string, more: object = {}): void {
    if (this.bootFileCause === null) {
      this.logger.warn(
        { nodeId: this.nodeId, cause, ...more },
        'what MediaMTX boots with is not up to date; tried again',
      );
    }
    this.bootFileCause = cause;
  }
}
