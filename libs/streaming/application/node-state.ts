/**
 * How the node is, as far as this process knows: reachable or not, poisoned or not. Kept apart from
 * the streams, since a node that does not answer says nothing about them.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type NodeFacts, hazardsOf } from '../domain/node-hazards.js';
import { type NodeConditions } from '../domain/ports/node-leases.js';
import { Reason } from '../domain/reason.js';
import { AgentState } from './agent-state.js';
import { Breaker } from './breaker.js';
import { NodeEpisodes } from './node-episodes.js';
import { StreamingSettings } from './streaming-settings.js';

/** A poisoned node is asked again this often whether a write passes. */
export const POISON_RETRY_MS = 60_000;

@Injectable()
export class NodeState {
  readonly episodes: NodeEpisodes;
  readonly agent: AgentState;
  private readonly breaker: Breaker;
  private goodLooks = 0;
  private lastLookOkMs: number | null = null;
  /** Why the last look, and the last write, said nothing; null when it was answered. */
  private lookCause: string | null = null;
  private writeCause: string | null = null;
  private sweepAtMs = 0;
  private facts: NodeFacts | null = null;
  private hazards: readonly string[] = [];
  private unknownPaths = 0;

  constructor(
    private readonly clock: Clock,
    settings: StreamingSettings,
  ) {
    this.episodes = new NodeEpisodes(clock, settings.nodeId);
    this.agent = new AgentState(clock, this.episodes);
    this.breaker = new Breaker(clock, settings.breakerMs);
  }

  /** False from a failure until the node has answered somebody. */
  get isAnswering(): boolean {
    return this.breaker.isClosed;
  }

  /** Whether it may be called now: while it does not answer, by one caller at a time, now and then. */
  get mayCall(): boolean {
    return this.breaker.mayCall;
  }

  /** How long a node that failed is left alone from now on. */
  get retryInMs(): number {
    return this.breaker.retryInMs;
  }

  get isPoisoned(): boolean {
    return this.episodes.poisoned.isOpen;
  }

  /** False for a node, or a process of it, whose configuration was not looked at yet. */
  get isInspected(): boolean {
    return this.facts !== null;
  }

  get started(): string | null {
    return this.facts?.started ?? null;
  }

  /** Age of the last good look; null until there were two, since the first one proves nothing yet. */
  get lookAgeMs(): number | null {
    return this.lastLookOkMs === null || this.goodLooks < 2
      ? null
      : this.clock.monotonicMs() - this.lastLookOkMs;
  }

  get conditions(): NodeConditions {
    return {
      isReachable: this.lookCause === null,
      cause: this.lookCause,
      writeCause: this.writeCause,
      version: this.facts?.version ?? null,
      hazards: this.hazards,
      isPoisoned: this.isPoisoned,
      unknownPaths: this.unknownPaths,
      ...this.agent.conditions,
    };
  }

  newHolder(): void {
    this.goodLooks = 0;
    this.facts = null;
    this.episodes.poisoned.leave();
  }

  /** What is wrong with the node is for its next holder to find, and to say. */
  holdEnded(): void {
    this.lookCause = null;
    this.writeCause = null;
    this.hazards = [];
    this.unknownPaths = 0;
    this.agent.holdEnded();
    this.episodes.leave();
  }

  /** Another process looks; what our own writes have met, it follows better. */
  notHeld(): void {
    this.episodes.leaveIfQuiet();
  }

  /** It is another process by now: what was known of its configuration is void. */
  hasRestarted(): void {
    this.facts = null;
  }

  /** Nobody is harmed by what writes would meet, and nothing could tell; the next one finds out. */
  nothingToWrite(): void {
    this.episodes.poisoned.leave();
    this.writeCause = null;
    this.answered('write');
  }

  /** It is said to be back: it is asked at once whether that is so. */
  saidToBeBack(): void {
    this.breaker.hurry();
  }

  /** Only while `mayCall`; followed by what became of the call. */
  callBegan(): void {
    this.breaker.callBegan();
  }

  lookAnswered(): void {
    this.breaker.succeeded();
    this.lookCause = null;
    this.answered('look');
  }

  /** What a look has shown stands in the rows: they are as true as that look is young. */
  looked(): void {
    this.goodLooks += 1;
    this.lastLookOkMs = this.clock.monotonicMs();
    this.episodes.databaseAnswered();
  }

  /** @param startedMs when the look began */
  lookFailed(cause: string, startedMs: number): void {
    this.breaker.failed(startedMs);
    this.lookCause = cause;
    this.episodes.unanswered.begin({ call: 'look', cause }, 'look');
  }

  /** The node answered a write, whatever it said. */
  writeAnswered(): void {
    this.breaker.succeeded();
    this.writeCause = null;
    this.answered('write');
  }

  /** @param startedMs when the write began */
  writeFailed(cause: string, startedMs: number): void {
    this.breaker.failed(startedMs);
    this.writeCause = cause;
    this.episodes.unanswered.begin({ call: 'write', cause }, 'write');
  }

  /** What works against us is said when it appears, not at each inspection. */
  inspected(facts: NodeFacts): void {
    this.facts = facts;
    const hazards = hazardsOf(facts);
    this.hazards
      .filter((code) => !hazards.includes(code))
      .forEach((code) => {
        this.episodes.hazard(code).end();
      });
    hazards.forEach((code) => {
      this.episodes.hazard(code).begin();
    });
    this.hazards = hazards;
  }

  /** The node refuses what is known to be good: some other path's body blocks every write. */
  poisoned(): void {
    if (!this.isPoisoned) {
      this.sweepAtMs = this.clock.monotonicMs();
      this.episodes.poisoned.begin({ code: Reason.nodeConfigPoisoned });
    }
  }

  writeAccepted(): void {
    this.episodes.poisoned.end();
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

  /** @param unknownPaths those that are kept although no stream is known for them; 0: no brake */
  braked(unknownPaths: number): void {
    if (unknownPaths > 0) {
      this.episodes.braked.begin({ unknownPaths });
    } else {
      this.episodes.braked.end();
    }
    this.unknownPaths = unknownPaths;
  }

  /** Looks that are answered while writes are not are no end: it would be said at each tick. */
  private answered(call: 'look' | 'write'): void {
    if (this.episodes.unanswered.end(call)) {
      this.facts = null;
    }
  }
}
