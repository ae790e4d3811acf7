/** How long a probe may wait and how much it may read. Tests set shorter times. */
export abstract class ProbeLimits {
  /** Too low: a camera that is far away looks dead. Too high: a probe holds its place for nothing. */
  abstract readonly connectMs: number;
  /** Cameras delay a refusal by seconds, to slow down guessing: below 6 s it looks like silence. */
  abstract readonly answerMs: number;
  /** Of the whole probe, redirects included: a rude camera must not keep a place for minutes. */
  abstract readonly wholeMs: number;
  abstract readonly maxHeaderBytes: number;
  abstract readonly maxBodyBytes: number;
  abstract readonly maxRedirects: number;
}

export const PROBE_LIMITS: Readonly<Pick<ProbeLimits, keyof ProbeLimits>> = {
  connectMs: 5_000,
  answerMs: 8_000,
  wholeMs: 25_000,
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 64 * 1024,
  maxRedirects: 3,
};
