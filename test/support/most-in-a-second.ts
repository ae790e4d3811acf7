/** How many of these instants, in ms and in any order, lie within any one second. */
export function mostInASecond(instants: readonly number[]): number {
  return Math.max(
    ...instants.map((from) => instants.filter((at) => at >= from && at < from + 1_000).length),
  );
}
