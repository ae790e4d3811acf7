/** One pace for all seeds: brisk enough that a seed costs seconds. */

/** Shorter than any interval of production, longer than a busy machine needs for a tick. */
export const TICK_MS = 400;
export const LEASE_TTL_MS = 3_000;
export const CONFIG_AUDIT_MS = 2_000;
export const ORPHAN_GRACE_MS = 1_500;

/** The real server redials its cameras every 5 s: a shorter deadline would blame a living camera. */
export const sourceDeadlineMs = (isReal: boolean): number => (isReal ? 8_000 : 4_000);

export const PREFIX = 'cam';

export function replicaEnvironment(isReal: boolean): Record<string, string> {
  return {
    RECONCILE_INTERVAL_MS: String(TICK_MS),
    LEASE_TTL_MS: String(LEASE_TTL_MS),
    SOURCE_DEADLINE_MS: String(sourceDeadlineMs(isReal)),
    ORPHAN_GRACE_MS: String(ORPHAN_GRACE_MS),
    CONFIG_AUDIT_INTERVAL_MS: String(CONFIG_AUDIT_MS),
    BREAKER_MAX_MS: '500',
    MEDIAMTX_TIMEOUT_MS: '1500',
    DRAIN_TIMEOUT_MS: '3000',
  };
}
