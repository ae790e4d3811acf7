const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** @returns how long ago that was in its largest unit, as `3m`; null when there is no such instant */
export function ageOf(instant: string | null, now: Date): string | null {
  if (instant === null) {
    return null;
  }
  // The clock of the API may be ahead of ours.
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(instant)) / 1_000));
  const [unit, length] = UNITS.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${Math.floor(seconds / length)}${unit}`;
}
