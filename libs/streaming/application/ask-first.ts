/**
 * Asks the camera of a stream that was given up before the node is let at it again: if it still
 * refuses the password, that costs it one login instead of MediaMTX's two or three. Only the holder of
 * the lease asks, which alone can keep its ticks from applying the path meanwhile; elsewhere, and
 * whenever this process dies, the path is applied at once and a silent camera asked as ever.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type PathMemo } from '../domain/fold.js';
import { ProbeAborted, SourceProbe } from '../domain/ports/source-probe.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { answered, asked, unanswered } from '../domain/probing.js';
import { Reason } from '../domain/reason.js';
import { Stream, type StreamState } from '../domain/stream.js';
import { HeldLease } from './held-lease.js';
import { LatestTasks } from './latest-tasks.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { ReconcileStream } from './reconcile-stream.js';
import { SaveObserved } from './save-observed.js';
import { stillWanted } from './still-wanted.js';
import { type NamedStream } from './stream-line.js';
import { StreamingSettings } from './streaming-settings.js';

/** What the node is told. Of a stream that is parked again nothing is wanted: its path must go. */
type Next = 'apply' | 'remove' | 'nothing';

type Subject = NamedStream & Pick<StreamState, 'generation'>;

@Injectable()
export class AskFirst {
  private readonly underWay = new LatestTasks();

  constructor(
    private readonly probe: SourceProbe,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly save: SaveObserved,
    private readonly reconcile: ReconcileStream,
    private readonly lease: HeldLease,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** Returns at once; in the end the path is applied anew, or parked. */
  execute(stream: Subject): void {
    if (this.underWay.isClosed || this.lease.current === null) {
      void this.reconcile.execute(stream, { mustRestart: true });
      return;
    }
    this.underWay.start(stream.id, undefined, ({ signal }) => this.run(stream, signal));
  }

  close(): Promise<void> {
    return this.underWay.close();
  }

  private async run(stream: Subject, signal: AbortSignal): Promise<void> {
    this.remember(stream, (memo) => ({
      ...memo,
      retryAtMs: Number.POSITIVE_INFINITY,
      probing: asked(memo.probing),
    }));
    const next = await this.ask(stream, signal).catch((err: unknown) => {
      if (!(err instanceof ProbeAborted)) {
        this.node.episodes.failed(this.node.episodes.notProbed, err, stream);
      }
      return 'apply' as const;
    });
    this.remember(stream, (memo) => ({
      ...memo,
      retryAtMs: 0,
      probing: unanswered(memo.probing),
    }));
    if (!signal.aborted && next !== 'nothing') {
      // Not awaited: what follows from the answer must not be ended with the asking.
      void this.reconcile.execute(stream, { mustRestart: next === 'apply' });
    }
  }

  private async ask(stream: Subject, signal: AbortSignal): Promise<Next> {
    const before = await this.wanted(stream);
    if (before === null) {
      return 'nothing';
    }
    const report = await this.probe.probe(before.spec.source, { signal });
    this.node.episodes.worked(this.node.episodes.notProbed, stream);
    const time = { nowMs: this.clock.monotonicMs(), random: Math.random() };
    this.remember(stream, (memo) => ({
      ...memo,
      probing: answered(memo.probing, report, time),
    }));
    const now = await this.wanted(stream);
    if (now === null) {
      return 'nothing';
    }
    const isRefused = report.kind === 'failed' && report.code === Reason.sourceAuthFailed;
    if (isRefused && now.state.status !== 'RUNNING' && (await this.park(now.state))) {
      return 'remove';
    }
    // Another process that holds the lease by now did not wait: its node dials already.
    return now.state.appliedGeneration < stream.generation ? 'apply' : 'nothing';
  }

  private async park(state: StreamState): Promise<boolean> {
    const stream = new Stream(state);
    stream.parked();
    const change = stream.change();
    const saved = await this.save.execute(change === null ? [] : [change], null);
    return saved.has(state.id);
  }

  /** Null when something else is asked for by now. */
  private async wanted(stream: Subject): Promise<ReturnType<typeof stillWanted>> {
    return stillWanted(await this.streams.intentFor(this.settings.nodeId, stream.path), stream);
  }

  private remember(stream: Subject, change: (memo: PathMemo) => PathMemo): void {
    this.memory.updateGeneration(stream, this.clock.monotonicMs(), change);
  }
}
