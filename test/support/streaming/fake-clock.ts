/**
 * A clock that stands still until a test advances it.
 *
 * Time passes from one due delay to the next, and after each one all code that it woke runs until it
 * waits again, so the order of things is the same in every run and nothing really waits.
 */
import { Clock } from '#kernel/clock.js';

const EPOCH_MS = Date.UTC(2026, 10, 23, 10, 0, 0);

interface Timer {
  readonly dueMs: number;
  readonly done: () => void;
}

export class FakeClock extends Clock {
  private elapsedMs = 0;
  private steppedMs = 0;
  private readonly timers = new Set<Timer>();

  override now(): Date {
    return new Date(EPOCH_MS + this.elapsedMs + this.steppedMs);
  }

  override monotonicMs(): number {
    return this.elapsedMs;
  }

  override delay(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        this.timers.delete(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer: Timer = { dueMs: this.elapsedMs + ms, done };
      this.timers.add(timer);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** How many delays have not ended. */
  get waiting(): number {
    return this.timers.size;
  }

  /** An operator or NTP sets the wall clock; durations must not notice. */
  step(ms: number): void {
    this.steppedMs += ms;
  }

  async advance(ms: number): Promise<void> {
    const endMs = this.elapsedMs + ms;
    await settled();
    for (let timer = this.next(endMs); timer !== null; timer = this.next(endMs)) {
      this.elapsedMs = Math.max(this.elapsedMs, timer.dueMs);
      timer.done();
      await settled();
    }
    this.elapsedMs = endMs;
    await settled();
  }

  private next(endMs: number): Timer | null {
    const due = [...this.timers].filter(({ dueMs }) => dueMs <= endMs);
    return due.sort((one, other) => one.dueMs - other.dueMs)[0] ?? null;
  }
}

/** Lets all code that can go on without time passing go on until it cannot. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    // Runs after every promise that is ready, and after those that become ready by them.
    setImmediate(resolve);
  });
}
