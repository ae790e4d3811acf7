import { type Paths } from './boot-file.js';

/** `unknown`: it could not be tried, which says nothing about the paths. */
export type Verdict = 'accepted' | 'refused' | 'unknown';

/** Too low: good paths are left out with many bad ones. Too high: a start waits for many trials. */
export const MOST_TRIALS = 64;

export interface Sifted {
  readonly refused: readonly string[];
  /** Left out because there were too many bad ones to find out which of these are good. */
  readonly untried: readonly string[];
  /** Whether all that is neither refused nor untried was accepted, together. */
  readonly isCertain: boolean;
}

/**
 * Finds the paths that MediaMTX refuses, by halves. Each trial holds what was accepted so far, so
 * that what is left has been accepted as a whole.
 */
export async function siftPaths(
  paths: Paths,
  tryOut: (paths: Paths) => Promise<Verdict>,
): Promise<Sifted> {
  const refused: string[] = [];
  const untried: string[] = [];
  let accepted: Paths = new Map();
  let trials = 0;
  const groups = paths.size === 0 ? [] : [[...paths]];
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    if (trials >= MOST_TRIALS) {
      untried.push(...group.map(([path]) => path));
      continue;
    }
    trials += 1;
    const candidate = new Map([...accepted, ...group]);
    const verdict = await tryOut(candidate);
    if (verdict === 'unknown') return { refused, untried, isCertain: false };
    if (verdict === 'accepted') accepted = candidate;
    else if (group.length === 1) refused.push(...group.map(([path]) => path));
    else groups.push(...halves(group));
  }
  return { refused, untried, isCertain: true };
}

/** The first half last, where it is taken from. */
function halves<T>(group: readonly T[]): T[][] {
  const middle = Math.ceil(group.length / 2);
  return [group.slice(middle), group.slice(0, middle)];
}
