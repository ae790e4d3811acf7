import { isAlive } from '#supervision/process-table.js';

import { readAncestors, watchedAncestors } from './ancestors.js';

/** Too low: needless reads of the process table. Too high: ports stay taken after npm was killed. */
const WATCH_INTERVAL_MS = 500;

/**
 * Calls back once when a process that started us is gone: a stack nobody can stop by Ctrl-C any
 * more must not go on holding ports and a database. There is no portable signal for that, so it
 * looks.
 */
export function watchParents(onGone: (command: string) => void): () => void {
  const watched = watchedAncestors(readAncestors());
  const timer = setInterval(() => {
    const gone = watched.find((ancestor) => !isAlive(ancestor));
    if (gone === undefined) return;
    clearInterval(timer);
    onGone(gone.command);
  }, WATCH_INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
