/**
 * Brings one path of the node to what its newest row wants. Run by the write queue, one at a time.
 *
 * The intent is read at the moment of sending, so a removal that waited never kills a newer stream.
 * Never throws: a database that fails now leaves the path as it is, and the next tick finds it.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { rememberApplied, rememberRefused } from '../domain/fold.js';
import {
  MediaMtxClient,
  type PathSpec,
  type WriteOutcome,
} from '../domain/ports/media-mtx-client.js';
import { type PathIntent, StreamRepository } from '../domain/ports/stream-repository.js';
import { Reason } from '../domain/reason.js';
import { Stream, type StreamState } from '../domain/stream.js';
import { JudgeRefusal, type RefusalVerdict } from './judge-refusal.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { SaveObserved } from './save-observed.js';
import { stillWanted } from './still-wanted.js';
import { StreamingSettings } from './streaming-settings.js';
import { type JobResult, type WriteJob } from './write-queue.js';

/** Too low: each write of a large node reads its intent twice. Too high: a late one stays unseen. */
const LATE_MS = 1_000;

export type PathOutcome =
  | { readonly kind: 'applied'; readonly state: StreamState }
  | { readonly kind: 'removed'; readonly state: StreamState | null }
  | { readonly kind: 'refused'; readonly state: StreamState }
  | { readonly kind: 'unknown'; readonly state: StreamState | null; readonly cause: string }
  | { readonly kind: 'skipped' };

export type PathResult = PathOutcome & JobResult;

/** Whose path it is, as far as it came to be known. */
interface Found {
  intent: PathIntent | null;
}

@Injectable()
export class ApplyPath {
  constructor(
    private readonly streams: StreamRepository,
    private readonly client: MediaMtxClient,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly judge: JudgeRefusal,
    private readonly save: SaveObserved,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  async execute(job: WriteJob): Promise<PathResult> {
    const found: Found = { intent: null };
    try {
      const result = await this.apply(job, found);
      if (result.kind !== 'skipped') {
        this.node.episodes.worked(this.node.episodes.notCarried, job);
      }
      return result;
    } catch (err) {
      const { episodes } = this.node;
      episodes.failed(episodes.notCarried, err, found.intent?.state ?? { path: job.path });
      return {
        kind: 'unknown',
        state: null,
        cause: 'the database did not answer',
        hasDialled: false,
      };
    }
  }

  private async apply(job: WriteJob, found: Found): Promise<PathResult> {
    if (this.isPointless(job)) {
      return { kind: 'skipped', hasDialled: false };
    }
    const intent = await this.streams.intentFor(this.settings.nodeId, job.path);
    found.intent = intent;
    const readAtMs = this.clock.monotonicMs();
    if (!this.node.mayCall) {
      return {
        kind: 'unknown',
        state: intent?.state ?? null,
        cause: 'the node is down',
        hasDialled: false,
      };
    }
    const result = await this.bring(job, intent);
    const isLate = this.clock.monotonicMs() - readAtMs > LATE_MS;
    return isLate && result.kind === 'applied' ? this.confirmed(job, result) : result;
  }

  /**
   * A process that was frozen, or whose call was, may have sent what is not wanted any more. A look
   * would show a path that is taken away, but not one that has an older source.
   */
  private async confirmed(
    job: WriteJob,
    sent: PathResult & { kind: 'applied' },
  ): Promise<PathResult> {
    const newest = await this.streams.intentFor(this.settings.nodeId, job.path);
    return stillWanted(newest, sent.state) === null ? this.bring(job, newest) : sent;
  }

  private async bring(job: WriteJob, intent: PathIntent | null): Promise<PathResult> {
    if (intent === null) {
      return job.mayRemoveUnknown
        ? this.remove(job.path, null)
        : { kind: 'skipped', hasDialled: false };
    }
    return intent.spec === null
      ? this.remove(job.path, intent.state)
      : this.replace(intent.state, intent.spec, job);
  }

  /** A dead node gets no restore thrown at it, path by path; the next tick looks first. */
  private isPointless(job: WriteJob): boolean {
    const isHealed = job.onlyWhilePoisoned && !this.node.isPoisoned;
    // Planned before somebody else has written it: only the next look can say whether more is due.
    const isDone = this.memory.isWrittenSince(job.path, job.lookedAtMs);
    return isHealed || isDone || (job.priority !== 'interactive' && !this.node.isAnswering);
  }

  private async replace(state: StreamState, spec: PathSpec, job: WriteJob): Promise<PathResult> {
    if (job.mustRestart) {
      const removal = await this.remove(state.path, state);
      if (removal.kind !== 'removed') {
        return removal;
      }
    }
    const send = (): Promise<WriteOutcome> =>
      this.written(state.path, () => this.client.replace(state.path, spec));
    const outcome = await send();
    if (outcome.kind !== 'rejected') {
      return this.conclude(state, spec, outcome);
    }
    if (job.onlyWhilePoisoned) {
      return { kind: 'skipped', hasDialled: false };
    }
    return this.rejected(state, spec, await this.judge.execute(send, outcome.cause));
  }

  private async rejected(
    state: StreamState,
    spec: PathSpec,
    verdict: RefusalVerdict,
  ): Promise<PathResult> {
    switch (verdict.kind) {
      case 'blamed':
        await this.blame(state);
        return { kind: 'refused', state, hasDialled: false };
      case 'poisoned':
        // The stream is innocent and stays as it is; the sweep asks again.
        return { kind: 'skipped', hasDialled: false };
      default:
        return this.conclude(state, spec, verdict.outcome);
    }
  }

  private async remove(path: string, state: StreamState | null): Promise<PathResult> {
    const outcome = await this.written(path, () => this.client.remove(path));
    if (outcome.kind === 'accepted') {
      return { kind: 'removed', state, hasDialled: false };
    }
    if (outcome.kind === 'rejected') {
      // A removal carries no body to blame: only a poisoned node refuses it.
      this.node.poisoned();
    }
    return { kind: 'unknown', state, cause: outcome.cause, hasDialled: false };
  }

  /** Whatever a look saw of this path before the answer does not count. */
  private async written(path: string, call: () => Promise<WriteOutcome>): Promise<WriteOutcome> {
    const startedMs = this.clock.monotonicMs();
    this.memory.writeBegan(path);
    this.node.callBegan();
    const outcome = await call();
    this.memory.writeEnded(path, this.clock.monotonicMs());
    if (outcome.kind === 'unknown') {
      this.node.writeFailed(outcome.cause, startedMs);
    } else {
      this.node.writeAnswered();
    }
    return outcome;
  }

  private conclude(state: StreamState, spec: PathSpec, outcome: WriteOutcome): PathResult {
    if (outcome.kind !== 'accepted') {
      return { kind: 'unknown', state, cause: outcome.cause, hasDialled: false };
    }
    this.node.writeAccepted();
    const nowMs = this.clock.monotonicMs();
    const { generation, appliedGeneration: storedGeneration } = state;
    this.memory.update(state.id, nowMs, (memo) =>
      rememberApplied(memo, { generation, storedGeneration, nowMs }),
    );
    return { kind: 'applied', state, hasDialled: !spec.onDemand };
  }

  private async blame(state: StreamState): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    this.memory.update(state.id, nowMs, (memo) => rememberRefused(memo, nowMs));
    const stream = new Stream(state);
    stream.failed(Reason.mediaMtxRejected);
    const change = stream.change();
    if (change !== null) {
      await this.save.execute([change], null);
    }
  }
}
