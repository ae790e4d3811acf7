/**
 * The one writer of a node: one call in flight, each path at most once in the queue.
 *
 * MediaMTX serialises writes and each costs time in proportion to all its paths, so more than one
 * call at a time gains nothing and makes callers wait behind a restore. Interactive jobs go first
 * and outside every limit; the rest is paced, so that cameras are not all dialled at once.
 */
import { AsyncResource } from 'node:async_hooks';

import { type Clock } from '#kernel/clock.js';

export const PRIORITIES = ['interactive', 'watched', 'background'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface WriteJob {
  readonly path: string;
  readonly priority: Priority;
  /** Remove the path even though no row speaks of it. */
  readonly mayRemoveUnknown: boolean;
  /** Skip it when the node has been healed meanwhile. */
  readonly onlyWhilePoisoned: boolean;
  /** Remove the path first: the connection that it has must end. */
  readonly mustRestart: boolean;
  /** When the look began that asks for it, monotonic; it is void when the path was written since. */
  readonly lookedAtMs: number;
}

export interface JobResult {
  /** Whether the write made the node dial a camera. */
  readonly hasDialled: boolean;
}

interface Pending<R> {
  job: WriteJob;
  readonly settle: ((result: R) => void)[];
  readonly sinceMs: number;
  readonly run: (job: WriteJob) => Promise<R>;
}

export class WriteQueue<R extends JobResult> {
  private readonly pending = new Map<string, Pending<R>>();
  private isRunning = false;
  private current: Pending<R> | null = null;
  /** The latest dials, at most as many as one second may hold. */
  private readonly dialledAtMs: number[] = [];
  private wake = new AbortController();
  private idleWaiters: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly dialsPerSecond: number,
    private readonly run: (job: WriteJob) => Promise<R>,
  ) {}

  /** How many paths wait, the one under way not counted. */
  get depth(): number {
    return this.pending.size;
  }

  /** For how long the one that waits longest has waited, the one under way included; 0: none does. */
  get oldestMs(): number {
    // Those that wait stand in the order in which they came.
    const [waiting] = this.pending.values();
    const sinceMs = Math.min(waiting?.sinceMs ?? Infinity, this.current?.sinceMs ?? Infinity);
    return Number.isFinite(sinceMs) ? this.clock.monotonicMs() - sinceMs : 0;
  }

  /** Resolves when the job, or the one for the same path that it was merged into, has run. */
  enqueue(job: Pick<WriteJob, 'path' | 'priority'> & Partial<WriteJob>): Promise<R> {
    return new Promise((resolve) => {
      const full = {
        mayRemoveUnknown: false,
        onlyWhilePoisoned: false,
        mustRestart: false,
        lookedAtMs: Number.POSITIVE_INFINITY,
        ...job,
      };
      const known = this.pending.get(job.path);
      if (known === undefined) {
        const sinceMs = this.clock.monotonicMs();
        // As whoever asked first: what is logged and traced meanwhile is not of who woke the queue.
        const run = AsyncResource.bind(this.run);
        this.pending.set(job.path, { job: full, settle: [resolve], sinceMs, run });
      } else {
        known.job = merge(known.job, full);
        known.settle.push(resolve);
      }
      this.wake.abort();
      void this.drain();
    });
  }

  /** Drops what nobody has begun; the next holder finds it again. Resolves when no call is in flight. */
  close(): Promise<void> {
    this.pending.clear();
    this.wake.abort();
    return this.idle();
  }

  /** Resolves when nothing is queued or in flight. */
  idle(): Promise<void> {
    return this.isRunning
      ? new Promise((resolve) => this.idleWaiters.push(resolve))
      : Promise.resolve();
  }

  private async drain(): Promise<void> {
    if (this.isRunning) {
      return;
    }
    this.isRunning = true;
    // A tick hands over all its paths in one go: the first one of them need not be the most urgent.
    await Promise.resolve();
    while (this.pending.size > 0) {
      await this.step();
    }
    this.isRunning = false;
    this.idleWaiters.splice(0).forEach((resolve) => resolve());
  }

  private async step(): Promise<void> {
    const next = this.first();
    const waitMs =
      next.job.priority === 'interactive' ? 0 : this.nextDialAtMs() - this.clock.monotonicMs();
    if (waitMs > 0) {
      this.wake = new AbortController();
      await this.clock.delay(waitMs, this.wake.signal);
      return;
    }
    this.pending.delete(next.job.path);
    this.current = next;
    const result = await next.run(next.job).finally(() => {
      this.current = null;
    });
    if (result.hasDialled && this.dialsPerSecond > 0) {
      this.dialledAtMs.push(this.clock.monotonicMs());
      this.dialledAtMs.splice(0, this.dialledAtMs.length - this.dialsPerSecond);
    }
    next.settle.forEach((resolve) => resolve(result));
  }

  /**
   * At twice the pace until a second holds as many dials as it may: a small site is back sooner, and
   * a large one waits no less.
   */
  private nextDialAtMs(): number {
    const oldest = this.dialledAtMs[0];
    const latest = this.dialledAtMs.at(-1);
    if (oldest === undefined || latest === undefined) {
      return 0;
    }
    const isFull = this.dialledAtMs.length === this.dialsPerSecond;
    return Math.max(latest + 500 / this.dialsPerSecond, isFull ? oldest + 1_000 : 0);
  }

  private first(): Pending<R> {
    for (const priority of PRIORITIES) {
      for (const candidate of this.pending.values()) {
        if (candidate.job.priority === priority) {
          return candidate;
        }
      }
    }
    throw new Error('the write queue is empty');
  }
}

function merge(one: WriteJob, other: WriteJob): WriteJob {
  const [first = one.priority] = PRIORITIES.filter(
    (p) => p === one.priority || p === other.priority,
  );
  return {
    path: one.path,
    priority: first,
    mayRemoveUnknown: one.mayRemoveUnknown || other.mayRemoveUnknown,
    onlyWhilePoisoned: one.onlyWhilePoisoned && other.onlyWhilePoisoned,
    mustRestart: one.mustRestart || other.mustRestart,
    lookedAtMs: Math.max(one.lookedAtMs, other.lookedAtMs),
  };
}
