/** What a measured process says of itself when it is asked; see `processes/observed.mjs`. */
import { pathToFileURL } from 'node:url';
import path from 'node:path';

import { eventually } from '#test/support/eventually.js';

const PROCESSES = path.resolve(import.meta.dirname, '../processes');

/** For the environment of a Node process that is to be asked. */
export const OBSERVED_ENV = { NODE_OPTIONS: preloaded('observed.mjs') };
/** The delays of its event loop, too: a timer of 1 ms, which costs a little. */
export const LOOP_OBSERVED_ENV = { ...OBSERVED_ENV, BENCH_OBSERVES_LOOP: 'true' };

/** And able to do without some of what it ships with; see `processes/switched.mjs`. */
export const SWITCHED_ENV = {
  NODE_OPTIONS: `${OBSERVED_ENV.NODE_OPTIONS} ${preloaded('switched.mjs')}`,
};

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
export async function observe<T = Observed>(
  process: Asked,
  signal: NodeJS.Signals = 'SIGUSR2',
): Promise<T> {
  const before = lastAnswer(process.logs);
  process.signal(signal);
  return eventually(() => {
    const answer = lastAnswer(process.logs);
    if (answer === undefined || answer === before) throw new Error('no answer');
    return JSON.parse(answer) as T;
  });
}

function preloaded(file: string): string {
  return `--import=${pathToFileURL(path.join(PROCESSES, file)).href}`;
}

/** Each has a number, so that no two are alike. */
function lastAnswer(logs: string): string | undefined {
  const begin = logs.lastIndexOf('{"bench":');
  const end = logs.indexOf('\n', begin);
  return begin === -1 || end === -1 ? undefined : logs.slice(begin, end);
}
