/** What is made of the values of several rounds. */

/** @throws when there is no value */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Between two values where none stands at that place. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const place = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('there are no values');
  return below + (above - below) * (place % 1);
}

/**
 * The median of the ratios round by round: both values of a round were taken just after one another,
 * so what else the machine did then is in both.
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ratios(ours, theirs));
}

/** Round by round. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length) throw new Error('a round lacks one of its two values');
  return ours.map((value, round) => value / (theirs[round] ?? NaN));
}
