/** What is over and may be forgotten: events, and streams that were stopped. Never an active stream. */
export abstract class StreamHistory {
  /**
   * Deletes up to `batch` of each that are older than `days`, newest events of active streams
   * included. A stream goes only after its path is gone and with all of its events.
   * @returns how many rows were deleted; less than `batch` of each means that nothing is left
   */
  abstract prune(days: number, batch: number): Promise<PrunedRows>;
}

export interface PrunedRows {
  readonly events: number;
  readonly streams: number;
}
