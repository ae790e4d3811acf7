/** What the caller asked for. */
export type Desired = 'RUNNING' | 'STOPPED';

/**
 * What is true. Closed for ever: generated clients break when a value is added, so everything finer
 * stands beside it in `reason`.
 */
export const STREAM_STATUSES = ['STOPPED', 'STARTING', 'RUNNING', 'ERROR'] as const;
export type StreamStatus = (typeof STREAM_STATUSES)[number];

/** How far the status can be believed right now; derived on read, never stored. */
export const STREAM_HEALTHS = ['HEALTHY', 'DEGRADED', 'UNKNOWN', 'STOPPED'] as const;
export type StreamHealth = (typeof STREAM_HEALTHS)[number];

export const TRANSPORTS = ['automatic', 'udp', 'multicast', 'tcp'] as const;
/** How the node fetches an RTSP source; other schemes ignore it. */
export type Transport = (typeof TRANSPORTS)[number];

/**
 * A node that was not looked at for this long makes its streams' health UNKNOWN.
 * Too low: one slow look cries wolf. Too high: a dead node looks healthy for longer.
 */
export const LOOK_FRESH_MS = 15_000;

/** @param lookAgeMs milliseconds since the node's last good look; null when there was none */
export function healthOf(status: StreamStatus, lookAgeMs: number | null): StreamHealth {
  if (status === 'STOPPED') {
    return 'STOPPED';
  }
  if (lookAgeMs === null || lookAgeMs > LOOK_FRESH_MS) {
    return 'UNKNOWN';
  }
  return status === 'RUNNING' ? 'HEALTHY' : 'DEGRADED';
}
