/** Too low: a child that cannot start fills the log. Too high: people wait for one that could. */
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;
/** A child that ran this long was healthy: its end is news, not the next of a series. */
const HEALTHY_AFTER_MS = 30_000;

/** How long to wait before a child is started again. */
export class Backoff {
  private failures = 0;

  /** `uptimeMs`: how long the child that has just ended had run. */
  nextDelayMs(uptimeMs: number): number {
    if (uptimeMs >= HEALTHY_AFTER_MS) this.failures = 0;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.failures, MAX_DELAY_MS);
    this.failures += 1;
    return delayMs;
  }
}
