/**
 * Paths under our prefix that no stream in the working set explains.
 *
 * One whose newest row says STOPPED is ours to remove at once. One with no row at all may be the
 * trace of a wrong or empty database, where removing would switch a site off: it waits for two looks
 * a grace apart, and when there are many of them nothing is removed without an operator's word. Many
 * is also most of a small site: a few cameras are somebody's whole site, and a left-over path harms
 * nobody.
 */

/** More strangers than this, and more than this share of our paths: somebody must look first. */
export const BRAKE_COUNT = 10;
export const BRAKE_SHARE = 0.2;
/** From this share on, however few they are. */
export const BRAKE_MAJORITY = 0.5;

export interface UnexplainedPaths {
  /** Names under the prefix that a complete look showed and no working row explains. */
  readonly names: readonly string[];
  /** What the newest row of a name says it should be; no entry when there is no row. */
  readonly newestDesired: ReadonlyMap<string, 'RUNNING' | 'STOPPED'>;
  /** How many paths under the prefix the look showed. */
  readonly pathsUnderPrefix: number;
}

export interface OrphanPolicy {
  /** How long a stranger waits before it is removed. */
  readonly graceMs: number;
  /** An operator said that the database is right, and that what it does not know may go. */
  readonly isAdopted: boolean;
}

export interface OrphanVerdict {
  readonly remove: readonly string[];
  /** Names without a row, and when each was first seen: the memory for the next look. */
  readonly firstSeenMs: ReadonlyMap<string, number>;
  readonly isBraked: boolean;
}

/** @param firstSeenMs the memory of the look before @param nowMs monotonic */
export function judgeUnexplained(
  seen: UnexplainedPaths,
  firstSeenMs: ReadonlyMap<string, number>,
  nowMs: number,
  { graceMs, isAdopted }: OrphanPolicy,
): OrphanVerdict {
  const stopped = seen.names.filter((name) => seen.newestDesired.get(name) === 'STOPPED');
  const unknown = seen.names.filter((name) => !seen.newestDesired.has(name));
  const memory = new Map(unknown.map((name) => [name, firstSeenMs.get(name) ?? nowMs]));
  const isBraked = !isAdopted && areMany(unknown.length, seen.pathsUnderPrefix);
  const expired = isBraked
    ? []
    : unknown.filter((name) => nowMs - (memory.get(name) ?? nowMs) >= graceMs);
  return { remove: [...stopped, ...expired], firstSeenMs: memory, isBraked };
}

function areMany(unknown: number, all: number): boolean {
  return (
    (unknown > BRAKE_COUNT && unknown > all * BRAKE_SHARE) ||
    (unknown > 0 && unknown >= all * BRAKE_MAJORITY)
  );
}
