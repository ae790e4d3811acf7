/**
 * The clockwork of a node: renew the lease, and tick while it is held. Started when the process
 * listens, stopped first when it drains, so that another replica takes over at once.
 */
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';

import { Clock } from '#kernel/clock.js';
import { BackgroundLoop, type RunResult } from '#platform/background-loop.js';
import { traced } from '#platform/tracing/trace-context.js';

import { AskFirst } from '../application/ask-first.js';
import { FollowStream } from '../application/follow-stream.js';
import { HearPokes } from '../application/hear-pokes.js';
import { HeldLease } from '../application/held-lease.js';
import { KeepBootFile } from '../application/keep-boot-file.js';
import { NodeState } from '../application/node-state.js';
import { PathWriter } from '../application/path-writer.js';
import { ProbeSilent } from '../application/probe-silent.js';
import { ReconcileNode, type TickResult } from '../application/reconcile-node.js';
import { StreamingMetrics, type TickResultName } from '../domain/ports/streaming-metrics.js';
import { HintedLooks } from './hinted-looks.js';

export abstract class NodeJobSettings {
  abstract readonly nodeId: string;
  abstract readonly reconcileIntervalMs: number;
  abstract readonly leaseRenewMs: number;
}

/**
 * Looks after a tick has written: media needs a moment, and RUNNING needs two looks. Sooner than the
 * next tick, so that a restored stream does not wait two of them.
 */
const EXTRA_LOOKS_MS = [1_000, 3_000];

/**
 * Between looks for the sake of cameras that fell silent. Too low: a restore of many dead ones, each
 * silent since another moment, looks all the time, and every list costs MediaMTX what a write does.
 * Too high: a camera is asked late.
 */
const LOOKS_APART_MS = 500;

/** How often one that does not hold the lease asks for it: a lease let go should not lie idle. */
const ASK_MS = 1_000;

/** Hints are followed by looks at this distance at least, and they take a fifth of the time at most. */
const HINT_GAP_MS = 250;
const HINT_GAP_LOOKS = 4;

const INTERVALS = ['lease', 'reconcile'];

@Injectable()
export class NodeJob implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Node');
  private readonly leaseLoop: BackgroundLoop;
  private readonly tickLoop: BackgroundLoop;
  private readonly hints = new HintedLooks(
    () => this.tickLoop.poke(),
    () => this.hintReadyAtMs - this.clock.monotonicMs(),
  );
  private readonly stopping = new AbortController();
  private isStarted = false;
  private lookAgainAtMs = 0;
  private hintReadyAtMs = 0;
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly lease: HeldLease,
    private readonly reconcile: ReconcileNode,
    private readonly writer: PathWriter,
    private readonly follow: FollowStream,
    private readonly probes: ProbeSilent,
    private readonly askFirst: AskFirst,
    private readonly bootFile: KeepBootFile,
    private readonly pokes: HearPokes,
    private readonly node: NodeState,
    private readonly metrics: StreamingMetrics,
    private readonly scheduler: SchedulerRegistry,
    private readonly settings: NodeJobSettings,
    private readonly clock: Clock,
  ) {
    const label = { context: 'Node', facts: { nodeId: settings.nodeId } };
    this.leaseLoop = new BackgroundLoop({ name: 'Lease', ...label }, () => this.renew(), clock);
    this.tickLoop = new BackgroundLoop({ name: 'Reconcile', ...label }, () => this.tick(), clock);
  }

  /**
   * Called once the process listens: one that cannot must not take the lease from the one that does.
   */
  start(): void {
    this.isStarted = true;
    this.schedule('lease', this.leaseLoop, Math.min(ASK_MS, this.settings.leaseRenewMs));
    this.schedule('reconcile', this.tickLoop, this.settings.reconcileIntervalMs);
    this.leaseLoop.poke();
    this.pokes.start((pokes) => {
      if (pokes.some(({ kind }) => kind === 'restarted')) {
        this.node.saidToBeBack();
        this.node.agent.saidToBeBack();
      }
      this.hints.hear(pokes);
    });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Lets the lease go as soon as nothing is under way. Callers are still served after that. */
  stop(): Promise<void> {
    return (this.stopped ??= this.leave());
  }

  private async leave(): Promise<void> {
    if (this.isStarted) {
      INTERVALS.forEach((name) => {
        this.scheduler.deleteInterval(this.intervalOf(name));
      });
    }
    this.stopping.abort();
    this.hints.close();
    await Promise.all([
      this.leaseLoop.stop(),
      this.tickLoop.stop(),
      this.follow.close(),
      this.probes.close(),
      this.askFirst.close(),
      this.bootFile.close(),
      this.pokes.close(),
    ]);
    await this.writer.close();
    await this.lease.release().catch((err: unknown) => {
      this.logger.warn(
        { nodeId: this.settings.nodeId, err },
        'lease not released; it expires by itself',
      );
    });
  }

  private schedule(name: string, loop: BackgroundLoop, everyMs: number): void {
    const interval = setInterval(() => {
      loop.tick();
    }, everyMs);
    this.scheduler.addInterval(this.intervalOf(name), interval);
  }

  private intervalOf(name: string): string {
    return `${name} ${this.settings.nodeId}`;
  }

  private async renew(): Promise<RunResult> {
    if (this.lease.isFresh(this.settings.leaseRenewMs) && !this.lease.isLookUnsaid) {
      return 'skipped';
    }
    if (await this.lease.renew()) {
      this.tickLoop.poke();
      this.extraLooks();
    }
    if (this.lease.current === null) {
      this.tickLoop.leave();
    }
    return 'done';
  }

  private async tick(): Promise<RunResult> {
    const fence = this.lease.current;
    if (fence === null) {
      return 'skipped';
    }
    const startedMs = this.clock.monotonicMs();
    const result = await this.timed(startedMs, () =>
      traced('reconcile node', { 'vigia.node': fence.nodeId }, () =>
        this.reconcile.execute(fence, this.stopping.signal),
      ),
    );
    const endedMs = this.clock.monotonicMs();
    const gapMs = Math.max(HINT_GAP_MS, HINT_GAP_LOOKS * (endedMs - startedMs));
    this.hintReadyAtMs = endedMs + gapMs;
    if (this.stopping.signal.aborted) {
      return 'done';
    }
    await this.lease.saveConditions(fence);
    if (this.lease.isLookUnsaid) {
      this.leaseLoop.poke();
    }
    this.scheduleNext(result);
    return 'done';
  }

  private async timed(startedMs: number, tick: () => Promise<TickResult>): Promise<TickResult> {
    let name: TickResultName = 'failed';
    try {
      const result = await tick();
      name = result.isConclusive ? 'conclusive' : 'inconclusive';
      return result;
    } finally {
      this.metrics.ticked(name, this.clock.monotonicMs() - startedMs);
    }
  }

  private scheduleNext(result: TickResult): void {
    if (!result.isConclusive) {
      // Only the newest: skipped runs must not multiply.
      this.tickLoop.cancelPokes();
      this.tickLoop.pokeIn(this.node.retryInMs);
    }
    if (result.lookAgainInMs !== null) {
      this.lookAgainIn(result.lookAgainInMs);
    }
    if (result.enqueued > 0) {
      void result.written.then((results) => {
        if (results.some(({ kind }) => kind === 'applied' || kind === 'removed')) {
          this.extraLooks();
        }
      });
    }
  }

  /** One at a time: each of these looks may find another camera that fell silent. */
  private lookAgainIn(ms: number): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs >= this.lookAgainAtMs) {
      const waitMs = Math.max(ms, LOOKS_APART_MS);
      this.lookAgainAtMs = nowMs + waitMs;
      this.tickLoop.pokeIn(waitMs);
    }
  }

  private extraLooks(): void {
    // Only the newest pair: ticks that write again and again must not multiply.
    this.tickLoop.cancelPokes();
    EXTRA_LOOKS_MS.forEach((ms) => {
      this.tickLoop.pokeIn(ms);
    });
  }
}
