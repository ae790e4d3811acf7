/** Durations of the simulated server; the defaults are those of a real one. */
export interface Timings {
  /** Pause after any failure of a source. */
  readonly retryPauseMs: number;
  /** A connection without packets is given up after this. */
  readonly noDataTimeoutMs: number;
  /** From a dial to `available`. */
  readonly connectMs: number;
  /** From `available` to the first byte; a real camera takes until its next key frame, up to 1 s. */
  readonly firstByteMs: number;
}

export const REAL_TIMINGS: Timings = {
  retryPauseMs: 5_000,
  noDataTimeoutMs: 10_000,
  connectMs: 2,
  firstByteMs: 20,
};

/** About 320 kbit/s, a small camera. */
export const INBOUND_BYTES_PER_MS = 40;
