/**
 * Leaves a node that failed alone, and then lets one call at a time ask whether it is back.
 *
 * Our own, since the libraries for it measure the wait by the wall clock, which can be set: ours is
 * monotonic, and grows from the *start* of the call that failed, so that a node that hangs is asked
 * as soon as it was given up, and one that refuses at once is not asked in a hot loop.
 */
import { type Clock } from '#kernel/clock.js';

/** Too low: a dead node is asked without pause. Too high: one that blinked stays out of use. */
const FIRST_WAIT_MS = 1_000;
/** Between the end of a call that took longer than its wait and the next one. */
const LEAST_PAUSE_MS = 500;

export class Breaker {
  private failures = 0;
  private dueAtMs = 0;
  private isProbing = false;

  constructor(
    private readonly clock: Clock,
    /** The longest wait between the starts of two calls. */
    private readonly maxWaitMs: number,
  ) {}

  /** True while the last call that ended was answered. */
  get isClosed(): boolean {
    return this.failures === 0;
  }

  /** Whether a call may be made now: any while closed; else one, when it is due. */
  get mayCall(): boolean {
    return this.isClosed || (!this.isProbing && this.clock.monotonicMs() >= this.dueAtMs);
  }

  /** How long until it is worth asking again whether a call may be made. */
  get retryInMs(): number {
    if (this.isClosed) {
      return 0;
    }
    return this.isProbing ? this.pauseMs : Math.max(0, this.dueAtMs - this.clock.monotonicMs());
  }

  /** Somebody says that it is back: whoever may ask next need not wait. */
  hurry(): void {
    this.dueAtMs = this.clock.monotonicMs();
  }

  /** Only after `mayCall`; must be followed by `succeeded` or `failed`. */
  callBegan(): void {
    this.isProbing = !this.isClosed;
  }

  succeeded(): void {
    this.failures = 0;
    this.isProbing = false;
  }

  /** @param startedMs when the call began, monotonic */
  failed(startedMs: number): void {
    if (!this.isClosed && !this.isProbing) {
      // It began before the failure that opened the breaker: the same fault, counted once.
      return;
    }
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.failures, this.maxWaitMs);
    this.failures += 1;
    this.isProbing = false;
    this.dueAtMs = Math.max(startedMs + waitMs, this.clock.monotonicMs() + this.pauseMs);
  }

  private get pauseMs(): number {
    return Math.min(LEAST_PAUSE_MS, this.maxWaitMs);
  }
}
