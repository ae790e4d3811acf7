/** The short form of `npm run chaos`: seeds that together hit the most kinds of fault in a minute. */
import { expect, it } from '@jest/globals';

import { type ChaosOptions } from '../chaos/run/options.js';
import { runSeeds } from '../chaos/run/run-seeds.js';
import { summary } from '../chaos/run/summary.js';

const SEEDS = [3890, 409, 3757, 1523, 3613, 2064];
/** The same on a node with an agent: every fault of an agent is drawn at least once. */
const SEEDS_WITH_AGENT = [2108, 469, 209, 3633];
/** Generous: they take a minute, and a violation is worth its shrinking. */
const TIMEOUT_MS = 600_000;

it.each([
  { seeds: SEEDS, hasAgent: false },
  { seeds: SEEDS_WITH_AGENT, hasAgent: true },
])(
  'holds what it promises under these sequences of calls and faults (with an agent: $hasAgent)',
  async (chosen) => {
    const said: string[] = [];
    const options: ChaosOptions = {
      ...{ target: 'simulator' as const, minutes: null, worlds: 2, report: null },
      ...{ stopsAtFirst: true, shrinkMinutes: 2, ...chosen },
    };
    const outcome = await runSeeds(options, (line) => said.push(line));

    if (outcome.violations.length > 0) throw new Error(said.join('\n'));
    expect(summary(options, outcome)).toContain('0 seeds with violations');
    expect(outcome.seeds).toBe(chosen.seeds.length);
  },
  TIMEOUT_MS,
);
