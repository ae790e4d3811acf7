/**
 * Time, as a port: `now` is for people and rows, `monotonicMs` for every duration and deadline
 * (a stepped wall clock must neither hasten nor delay an ERROR).
 */
export abstract class Clock {
  /** The wall clock. */
  abstract now(): Date;

  /** Milliseconds since an arbitrary origin; never goes back. */
  abstract monotonicMs(): number;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }

  override monotonicMs(): number {
    return performance.now();
  }
}
