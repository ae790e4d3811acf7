/**
 * Asks the camera of a stream that was given up before the node is let at it again: if it still
 * refuses the password, that costs it one login instead of MediaMTX's two or three. Best effort, as
 * whatever follows an intent: a tick applies what this process does not live to apply.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { rememberGeneration } from '../domain/fold.js';
import { SourceProbe } from '../domain/ports/source-probe.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { answered } from '../domain/probing.js';
import { Reason } from '../domain/reason.js';
import { type SourceReport } from '../domain/source-report.js';
import { type SourceUrl } from '../domain/source-url.js';
import { Stream, type StreamState } from '../domain/stream.js';
import { NodeMemory } from './node-memory.js';
import { ReconcileStream } from './reconcile-stream.js';
import { SaveObserved } from './save-observed.js';
import { StreamingSettings } from './streaming-settings.js';

/** As long as a probe may take. Too low: MediaMTX logs in meanwhile. Too high: a lost one delays. */
const HELD_BACK_MS = 15_000;

/** What the node is told. Of a stream that is parked again nothing is wanted: its path must go. */
type Next = 'apply' | 'remove' | 'nothing';

interface Wanted {
  readonly state: StreamState;
  readonly source: SourceUrl;
}

type Subject = Pick<StreamState, 'id' | 'path' | 'generation'>;

@Injectable()
export class AskFirst {
  private readonly logger = new Logger(AskFirst.name);
  private readonly underWay = new Map<string, { done: Promise<void>; stopping: AbortController }>();
  private isClosed = false;

  constructor(
    private readonly probe: SourceProbe,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly save: SaveObserved,
    private readonly reconcile: ReconcileStream,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** Returns at once; in the end the path is applied anew, or parked. */
  execute(stream: Subject): void {
    if (this.isClosed) {
      return;
    }
    this.underWay.get(stream.id)?.stopping.abort();
    const stopping = new AbortController();
    this.underWay.set(stream.id, { done: this.run(stream, stopping.signal), stopping });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const all = [...this.underWay.values()];
    all.forEach(({ stopping }) => {
      stopping.abort();
    });
    await Promise.all(all.map(({ done }) => done));
  }

  private async run(stream: Subject, signal: AbortSignal): Promise<void> {
    this.holdBack(stream, this.clock.monotonicMs() + HELD_BACK_MS);
    const next = await this.ask(stream, signal).catch((err: unknown) => {
      this.logger.warn({ streamId: stream.id, err }, 'camera not asked before its path is applied');
      return 'apply' as const;
    });
    if (signal.aborted) {
      return;
    }
    this.underWay.delete(stream.id);
    this.holdBack(stream, 0);
    if (next !== 'nothing') {
      await this.reconcile.execute(stream.path, { mustRestart: next === 'apply' });
    }
  }

  private async ask(stream: Subject, signal: AbortSignal): Promise<Next> {
    const before = await this.wanted(stream);
    if (before === null) {
      return 'nothing';
    }
    const report = await this.probe.probe(before.source, signal);
    if (signal.aborted) {
      return 'nothing';
    }
    this.learn(stream, report);
    const now = await this.wanted(stream);
    if (now === null) {
      return 'nothing';
    }
    const isRefused = report.kind === 'failed' && report.code === Reason.sourceAuthFailed;
    if (isRefused && (await this.park(now))) {
      return 'remove';
    }
    // The holder of the lease, another process, did not wait: its node dials already.
    return now.state.appliedGeneration < stream.generation ? 'apply' : 'nothing';
  }

  private async park({ state }: Wanted): Promise<boolean> {
    const stream = new Stream(state);
    stream.parked();
    const change = stream.change();
    const saved = await this.save.execute(change === null ? [] : [change], null);
    return saved.has(state.id);
  }

  /** Null when something else is asked for by now. */
  private async wanted({ id, path, generation }: Subject): Promise<Wanted | null> {
    const intent = await this.streams.intentFor(this.settings.nodeId, path);
    const isSame = intent?.state.id === id && intent.state.generation === generation;
    return isSame && intent.spec !== null
      ? { state: intent.state, source: intent.spec.source }
      : null;
  }

  /** The tick applies nothing of this generation before then; what a caller asks for is not held. */
  private holdBack({ id, generation }: Subject, untilMs: number): void {
    this.memory.update(id, this.clock.monotonicMs(), (memo) => ({
      ...rememberGeneration(memo, generation),
      retryAtMs: untilMs,
    }));
  }

  private learn({ id }: Subject, report: SourceReport): void {
    const time = { nowMs: this.clock.monotonicMs(), random: Math.random() };
    this.memory.update(id, time.nowMs, (memo) => ({
      ...memo,
      probing: answered(memo.probing, report, time),
    }));
  }
}
