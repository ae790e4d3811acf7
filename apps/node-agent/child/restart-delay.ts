/** The next try after a first one that did not help. */
const FIRST_MS = 250;
/**
 * Too low: a server that cannot start burns a core and fills the log. Too high: viewers of a server
 * that is killed again and again wait.
 */
const MOST_MS = 2_000;
/** A server that ran for so long was healthy: its end is news, and not the next of a series. */
const HEALTHY_AFTER_MS = 60_000;

/** How long to wait before MediaMTX is started again: not at all, the first time. */
export class RestartDelay {
  private failures = 0;

  /** `uptimeMs`: how long the one that has just ended had run. */
  nextMs(uptimeMs: number): number {
    if (uptimeMs >= HEALTHY_AFTER_MS) this.failures = 0;
    const { failures } = this;
    this.failures += 1;
    return failures === 0 ? 0 : Math.min(FIRST_MS * 2 ** (failures - 1), MOST_MS);
  }
}
