/**
 * Asks something again and again beside those who want to know, and answers them from memory: nobody
 * waits for what hangs. What is remembered has an age, counted from when it was asked, since the
 * truth may have ended as soon as the question was out. Good news that has grown too old is none, so
 * a question that hangs needs no time-out to be noticed, and a process that stood still does not tell
 * what was true before.
 */
import { type Clock } from '#kernel/clock.js';

import { BackgroundLoop, type LoopLabel, type RunResult } from './background-loop.js';

/**
 * How long somebody waits for an answer that is on its way while nothing is known. Too low: a process
 * that just started or stood still says "unknown" for no reason. Too high: so does the one who asks.
 */
const BRIEFLY_MS = 25;

export type Checked<T> =
  | { readonly kind: 'good'; readonly value: T; readonly tookMs: number; readonly ageMs: number }
  | { readonly kind: 'failed'; readonly tookMs: number; readonly ageMs: number }
  | { readonly kind: 'unknown' };

export interface CheckOptions {
  /** From question to question; a question that is still under way is enough. */
  readonly everyMs: number;
  /** Good news older than this is unknown. It must bear one slow answer after `everyMs`. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
}

interface Remembered<T> {
  readonly askedMs: number;
  readonly tookMs: number;
  /** Null: it failed. */
  readonly answer: { readonly value: T } | null;
}

export class BackgroundCheck<T> {
  private readonly loop: BackgroundLoop;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<RunResult> | null = null;
  private last: Remembered<T> | null = null;

  /** @param ask answers null when this is no time to ask; what is known stays then, and ages */
  constructor(
    label: LoopLabel,
    private readonly ask: () => Promise<T | null>,
    private readonly options: CheckOptions,
  ) {
    this.loop = new BackgroundLoop(label, () => this.once(), options.clock);
  }

  /** What is known as of now. */
  get current(): Checked<T> {
    if (this.last === null) {
      return { kind: 'unknown' };
    }
    const { answer, tookMs, askedMs } = this.last;
    const ageMs = this.options.clock.monotonicMs() - askedMs;
    if (answer === null) {
      return { kind: 'failed', tookMs, ageMs };
    }
    return ageMs > this.options.maxAgeMs
      ? { kind: 'unknown' }
      : { kind: 'good', value: answer.value, tookMs, ageMs };
  }

  /** The same; waits for the answer that is on its way, very briefly, rather than say "unknown". */
  async soon(): Promise<Checked<T>> {
    if (this.current.kind === 'unknown' && this.underWay !== null) {
      await Promise.race([
        this.underWay.catch(() => undefined),
        this.options.clock.delay(BRIEFLY_MS),
      ]);
    }
    return this.current;
  }

  start(): void {
    this.timer = setInterval(() => {
      this.loop.tick();
    }, this.options.everyMs);
    this.loop.poke();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.loop.stop();
  }

  private async once(): Promise<RunResult> {
    this.underWay = this.remember();
    try {
      return await this.underWay;
    } finally {
      this.underWay = null;
    }
  }

  private async remember(): Promise<RunResult> {
    const { clock } = this.options;
    const askedMs = clock.monotonicMs();
    const since = (): number => clock.monotonicMs() - askedMs;
    try {
      const value = await this.ask();
      if (value === null) {
        return 'skipped';
      }
      this.last = { askedMs, tookMs: since(), answer: { value } };
      return 'done';
    } catch (err) {
      this.last = { askedMs, tookMs: since(), answer: null };
      throw err;
    }
  }
}
