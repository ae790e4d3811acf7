/**
 * Follows one stream closely after a start or a stop, so that its status is right within a second
 * and not within a tick. Only a convenience: whatever it does not finish, the tick does.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { StreamRepository } from '../domain/ports/stream-repository.js';
import { type StreamState } from '../domain/stream.js';
import { LatestTasks, type Running } from './latest-tasks.js';
import { LookAtStream } from './look-at-stream.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { ProbeSilent } from './probe-silent.js';
import { type NamedStream, streamLine } from './stream-line.js';
import { StreamingSettings } from './streaming-settings.js';

/** Too low: a burst of starts waits for ticks. Too high: looks at single paths crowd out writes. */
const MAX_FOLLOWERS = 50;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 1_000;
/** Beyond the deadline, so that the follower still sees the ERROR that it leads to. */
const SLACK_MS = 5_000;

const NONE: ReadonlySet<string> = new Set();

@Injectable()
export class FollowStream {
  private readonly logger = new Logger('Stream');
  private readonly following = new LatestTasks();

  constructor(
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly lookAt: LookAtStream,
    private readonly probes: ProbeSilent,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  execute(stream: NamedStream): void {
    const { path } = stream;
    const isFull = !this.following.has(path) && this.following.size >= MAX_FOLLOWERS;
    if (this.following.isClosed || isFull) {
      return;
    }
    // There is a newer intent: whoever follows the older one would go on with what it loaded.
    this.following.start(path, undefined, (running) => this.run(stream, running));
  }

  close(): Promise<void> {
    return this.following.close();
  }

  private async run(stream: NamedStream, { signal, before }: Running): Promise<void> {
    await before;
    try {
      await this.follow(stream.path, signal);
    } catch (err) {
      const line = streamLine(this.settings.nodeId, stream);
      this.logger.debug({ ...line, err }, 'not followed any further; the tick does it');
    }
    // A replica that never holds the lease has no tick that would do it.
    this.memory.forgetEnded(NONE, this.clock.monotonicMs());
  }

  private async follow(path: string, signal: AbortSignal): Promise<void> {
    const endMs = this.clock.monotonicMs() + this.settings.sourceDeadlineMs + SLACK_MS;
    let pauseMs = FIRST_PAUSE_MS;
    let state = await this.load(path);
    while (state !== null && !isSettled(state) && this.mayGoOn(endMs, signal)) {
      state = await this.look(state, signal);
      await this.clock.delay(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS);
    }
  }

  private mayGoOn(endMs: number, signal: AbortSignal): boolean {
    return this.clock.monotonicMs() < endMs && !signal.aborted && this.node.isAnswering;
  }

  /** @returns the state after this look; read anew when another writer was faster */
  private async look(state: StreamState, signal: AbortSignal): Promise<StreamState | null> {
    const seen = await this.lookAt.execute(state, null, signal);
    if (!this.node.agent.isHeard) {
      // Else a tick asks, which hears first whether the node tells it.
      this.probes.consider(seen.state ?? state, seen.observation);
    }
    return seen.state ?? this.load(state.path);
  }

  private async load(path: string): Promise<StreamState | null> {
    const intent = await this.streams.intentFor(this.settings.nodeId, path);
    return intent?.state ?? null;
  }
}

function isSettled(state: StreamState): boolean {
  return state.desired === 'STOPPED' ? !state.removalPending : state.status !== 'STARTING';
}
