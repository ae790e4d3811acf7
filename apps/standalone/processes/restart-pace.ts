import { type Pace } from '#supervision/backoff.js';

/**
 * Of a part of the stack. Too low: a child that cannot start fills the log. Too high: people wait for
 * one that could.
 */
export const RESTART_PACE: Pace = {
  firstMs: 500,
  mostMs: 10_000,
  healthyAfterMs: 30_000,
  isFirstFree: false,
};
