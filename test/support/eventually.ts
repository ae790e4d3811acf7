import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Too low: a busy machine fails the test. Too high: a broken test takes long to say so. */
  readonly timeoutMs?: number;
  /** Without it, soon at first and then less and less often: most of a suite is waiting. */
  readonly everyMs?: number;
}

const SOON_MS = 25;
/** Too low: those who wait take the processor from what they wait for. Too high: tests take longer. */
const LATER_MS = 100;
const LESS_OFTEN = 1.25;

/** Repeats `assertion` until it passes and returns what it returned; else its last failure. */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = SOON_MS; ; waitMs = Math.min(waitMs * LESS_OFTEN, LATER_MS)) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() >= deadline) throw failure;
      await delay(everyMs ?? waitMs);
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
