import { type StreamStatus } from '../stream-status.js';

/** So many streams that are alike, active or still to be removed. */
export interface StreamTally {
  readonly nodeId: string;
  readonly status: StreamStatus;
  readonly reason: string | null;
  readonly removalPending: boolean;
  readonly streams: number;
}

/** Counts streams where they are kept, since no process sees them all. */
export abstract class StreamTallies {
  abstract count(): Promise<{ readonly tallies: readonly StreamTally[]; readonly stopped: number }>;
}
