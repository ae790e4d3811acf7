/** `npm run chaos`: plays the seeds that it is given, and fails when one of them finds a violation. */
import { expect, it } from '@jest/globals';
import { writeSync } from 'node:fs';

import { optionsFrom } from './run/options.js';
import { runSeeds } from './run/run-seeds.js';
import { summary, writeReport } from './run/summary.js';

const STDOUT = 1;
const A_DAY_MS = 86_400_000;

it(
  'holds what it promises, whatever goes wrong',
  async () => {
    const options = optionsFrom(process.env['CHAOS_OPTIONS']);
    // Not by console.log: jest would keep it until the end, and a run may take an hour.
    const say = (line: string): void => {
      writeSync(STDOUT, `${line}\n`);
    };
    const outcome = await runSeeds(options, say);

    say(`\n${summary(options, outcome)}\n`);
    if (options.report !== null) writeReport(options.report, options, outcome);
    expect(outcome.violations.map(({ seed }) => seed)).toEqual([]);
    expect(outcome.seeds).toBeGreaterThan(0);
  },
  A_DAY_MS,
);
