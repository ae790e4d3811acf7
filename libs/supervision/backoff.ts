export interface Pace {
  readonly firstMs: number;
  readonly mostMs: number;
  /** A child that ran this long was healthy: its end is news, and not the next of a series. */
  readonly healthyAfterMs: number;
  /** The first one of a series is started again at once. */
  readonly isFirstFree: boolean;
}

/** How long to wait before a child is started again: twice as long after each short life. */
export class Backoff {
  private failures = 0;

  constructor(private readonly pace: Pace) {}

  /** `uptimeMs`: how long the child that has just ended had run. */
  nextDelayMs(uptimeMs: number): number {
    const { firstMs, mostMs, healthyAfterMs, isFirstFree } = this.pace;
    if (uptimeMs >= healthyAfterMs) this.failures = 0;
    const doublings = this.failures - (isFirstFree ? 1 : 0);
    this.failures += 1;
    return doublings < 0 ? 0 : Math.min(firstMs * 2 ** doublings, mostMs);
  }
}
