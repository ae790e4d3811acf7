/** What this context is configured with; an abstract class, so that it is its own injection token. */
export abstract class StreamingSettings {
  abstract readonly nodeId: string;
  abstract readonly pathPrefix: string;
  /** How long a path may be present and silent before its stream is an ERROR. */
  abstract readonly sourceDeadlineMs: number;
  /** How long a path without any row waits before it is removed. */
  abstract readonly orphanGraceMs: number;
  /** How often what is configured is compared with what was sent. */
  abstract readonly auditIntervalMs: number;
  /** Limit of first dials to cameras by writes that nobody waits for; 0: none. */
  abstract readonly dialsPerSecond: number;
  /** How long a node that did not answer is left alone by everything but the tick. */
  abstract readonly breakerMs: number;
  /** After this long without a renewal the holder must stop acting: two thirds of the lease. */
  abstract readonly leaseSafeMs: number;
}
