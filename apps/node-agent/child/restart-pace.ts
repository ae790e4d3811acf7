import { type Pace } from '#supervision/backoff.js';

/**
 * Of MediaMTX. `mostMs` too low: a server that cannot start burns a core and fills the log. Too high:
 * viewers of a server that is killed again and again wait.
 */
export const RESTART_PACE: Pace = {
  firstMs: 250,
  mostMs: 2_000,
  healthyAfterMs: 60_000,
  isFirstFree: true,
};
