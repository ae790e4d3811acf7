/**
 * Time, as a port: `now` is for people and rows, `monotonicMs` for every duration and deadline
 * (a stepped wall clock must neither hasten nor delay an ERROR).
 */
export abstract class Clock {
  /** The wall clock. */
  abstract now(): Date;

  /** Milliseconds since an arbitrary origin; never goes back. */
  abstract monotonicMs(): number;

  /** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
  abstract delay(ms: number, signal?: AbortSignal): Promise<void>;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }

  override monotonicMs(): number {
    return performance.now();
  }

  override delay(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
