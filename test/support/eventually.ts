import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Too low: a busy machine fails the test. Too high: a broken test takes long to say so. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Repeats `assertion` until it passes and returns what it returned; else its last failure. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs = 25 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() >= deadline) throw failure;
      await delay(everyMs);
    }
  }
}

/** Repeats `assertion` for the whole time: for what must not happen. */
export async function throughout(
  durationMs: number,
  assertion: () => void | Promise<void>,
  everyMs = 25,
): Promise<void> {
  const deadline = performance.now() + durationMs;
  do {
    await assertion();
    await delay(everyMs);
  } while (performance.now() < deadline);
}
