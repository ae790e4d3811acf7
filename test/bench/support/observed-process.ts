/** What a measured process says of itself when it is asked; see `processes/observed.mjs`. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';

import { eventually } from '#test/support/eventually.js';

const OBSERVED = path.resolve(import.meta.dirname, '../processes/observed.mjs');

/** For the environment of a Node process that is to be asked. */
export const OBSERVED_ENV = { NODE_OPTIONS: `--import=${pathToFileURL(OBSERVED).href}` };
/** The delays of its event loop, too: a timer of 1 ms, which costs a little. */
export const LOOP_OBSERVED_ENV = { ...OBSERVED_ENV, BENCH_OBSERVES_LOOP: 'true' };

export interface Observed {
  readonly rssMb: number;
  /** Since it was last asked, as are the delays. */
  readonly cpuMs: number;
  readonly loopP99Ms: number | null;
  readonly loopMaxMs: number | null;
}

interface Asked {
  readonly logs: string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** Asks, and waits for the answer. */
export async function observe<T = Observed>(process: Asked): Promise<T> {
  const before = lastAnswer(process.logs);
  process.signal('SIGUSR2');
  return eventually(() => {
    const answer = lastAnswer(process.logs);
    if (answer === undefined || answer === before) throw new Error('no answer');
    return JSON.parse(answer) as T;
  });
}

/** Each has a number, so that no two are alike. */
function lastAnswer(logs: string): string | undefined {
  const begin = logs.lastIndexOf('{"bench":');
  const end = logs.indexOf('\n', begin);
  return begin === -1 || end === -1 ? undefined : logs.slice(begin, end);
}
