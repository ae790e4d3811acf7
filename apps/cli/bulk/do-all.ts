/** The same for many: a few at a time, and what fails does not keep the others from being done. */
import pLimit from 'p-limit';

import { ApiUnreachable, Interrupted } from '../api/failures.js';
import { type Progress } from './progress.js';

export interface Job<T> {
  /** As the person calls it. */
  readonly name: string;
  readonly do: () => Promise<T>;
}

export interface Failed {
  readonly name: string;
  readonly failure: unknown;
}

export interface Outcome<T> {
  /** In the order of the jobs. */
  readonly done: readonly T[];
  readonly failed: readonly Failed[];
  /** Left alone because the API went away, or somebody wanted an end. */
  readonly untried: number;
}

export async function doAll<T>(
  jobs: readonly Job<T>[],
  { concurrency, progress }: { concurrency: number; progress: Progress },
): Promise<Outcome<T>> {
  const limit = pLimit(concurrency);
  const failed: Failed[] = [];
  let isOver = false;
  const attempt = async (job: Job<T>): Promise<{ value: T } | null> => {
    if (isOver) {
      return null;
    }
    try {
      return { value: await job.do() };
    } catch (failure) {
      failed.push({ name: job.name, failure });
      isOver ||= failure instanceof ApiUnreachable || failure instanceof Interrupted;
      return null;
    } finally {
      progress.step();
    }
  };
  try {
    const tried = await Promise.all(jobs.map((job) => limit(attempt, job)));
    const done = tried.flatMap((one) => (one === null ? [] : [one.value]));
    return { done, failed, untried: jobs.length - done.length - failed.length };
  } finally {
    progress.stop();
  }
}
