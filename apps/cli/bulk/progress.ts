import cliProgress from 'cli-progress';

import { type Terminal } from '../terminal.js';

export interface Progress {
  step(): void;
  stop(): void;
}

/** A bar beside the answer, and only for somebody who looks; one job is over before it is seen. */
export function showProgress({ err }: Terminal, what: string, total: number): Progress {
  if (err.isTTY !== true || total < 2) {
    return { step: () => undefined, stop: () => undefined };
  }
  const bar = new cliProgress.SingleBar({
    stream: err,
    format: `${what} [{bar}] {value} of {total}, {eta_formatted} left`,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
