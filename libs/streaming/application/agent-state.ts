/** How the agent of the node is, as far as this process knows; the node itself may be well without it. */
import { type Clock } from '#kernel/clock.js';

import { type AgentConditions } from '../domain/ports/node-leases.js';
import { Breaker } from './breaker.js';
import { type NodeEpisodes } from './node-episodes.js';

/**
 * Too low: an agent that hangs holds up each tick. Too high: one that is back is noticed late, though
 * its first hint ends the wait.
 */
const LONGEST_WAIT_MS = 30_000;
/** Too low: which paths is not known. Too high: one line fills a screen. */
const SHOWN_PATHS = 10;

export class AgentState {
  private readonly breaker: Breaker;
  private hasAnswered = false;
  private cause: string | null = null;
  private bootFileCause: string | null = null;
  private leftOut: ReadonlySet<string> = new Set();

  constructor(
    clock: Clock,
    private readonly episodes: NodeEpisodes,
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

  /** What is wrong with the agent is for the next holder to find. */
  holdEnded(): void {
    this.cause = null;
    this.bootFileCause = null;
    this.leftOut = new Set();
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
    this.episodes.agentUnanswered.begin({ cause });
  }

  /** @param leftOut paths that its MediaMTX would refuse */
  answered(leftOut: readonly string[]): void {
    this.breaker.succeeded();
    this.hasAnswered = true;
    this.cause = null;
    this.episodes.agentUnanswered.end();
    this.leftOut = new Set(leftOut);
    this.sayLeftOut(leftOut);
  }

  bootFileIsCurrent(): void {
    this.episodes.bootFileStale.end();
    this.bootFileCause = null;
  }

  /** What MediaMTX would boot with is not what is wanted; said once until it is again. */
  bootFileIsStale(cause: string, more: object = {}): void {
    this.episodes.bootFileStale.begin({ cause, ...more });
    this.bootFileCause = cause;
  }

  /** The first of them; MediaMTX refuses the others by its API as well, and each stream says so. */
  private sayLeftOut(leftOut: readonly string[]): void {
    const { leftOut: episode } = this.episodes;
    if (leftOut.length === 0) {
      episode.end();
    } else {
      episode.begin({ paths: leftOut.slice(0, SHOWN_PATHS), count: leftOut.length });
    }
  }
}
