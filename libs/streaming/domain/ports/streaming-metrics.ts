import { type SourceFailure } from '../source-report.js';
import { type StreamStatus } from '../stream-status.js';

/** How a node differs from what is wanted: a path lacks, is configured otherwise, or is nobody's. */
export const DRIFT_KINDS = ['absent', 'altered', 'unwanted'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** `inconclusive`: nothing was learnt. `failed`: what was learnt could not be used or saved. */
export const TICK_RESULTS = ['conclusive', 'inconclusive', 'failed'] as const;
export type TickResultName = (typeof TICK_RESULTS)[number];

/** What RUNNING was waited for since. */
export type AwaitedSince = 'start' | 'loss';

export type ProbeResult = 'OK' | 'UNKNOWN' | 'ABORTED' | SourceFailure;

/**
 * What happens in this process, counted. Calls are cheap and never fail; nothing in here names a
 * stream, a camera or a URL, so that the number of series has a bound.
 */
export abstract class StreamingMetrics {
  /** @param from null for a new stream */
  abstract transitioned(from: StreamStatus | null, to: StreamStatus): void;
  abstract reconnected(): void;
  /** An interruption that was over before it was confirmed as a loss. */
  abstract blipped(): void;
  abstract becameRunning(since: AwaitedSince, afterMs: number): void;
  abstract ticked(result: TickResultName, tookMs: number): void;
  abstract lookedInVain(): void;
  abstract driftFound(kind: DriftKind, paths: number): void;
  /** A later look shows that it is gone. */
  abstract driftRepaired(kind: DriftKind, paths: number): void;
}
