import { describe, expect, it } from '@jest/globals';

import { ApiUnreachable } from '../api/failures.js';
import { doAll } from './do-all.js';

class Steps {
  count = 0;
  isStopped = false;
  step(): void {
    this.count += 1;
  }
  stop(): void {
    this.isStopped = true;
  }
}

const job = (name: string, failure?: Error) => ({
  name,
  do: () => (failure === undefined ? Promise.resolve(name) : Promise.reject(failure)),
});

describe('doing the same for many', () => {
  it('does the others when one fails, and answers in their order', async () => {
    const failure = new Error('refused');
    const progress = new Steps();
    const jobs = [job('a'), job('b', failure), job('c')];

    expect(await doAll(jobs, { concurrency: 2, progress })).toEqual({
      done: ['a', 'c'],
      failed: [{ name: 'b', failure }],
      untried: 0,
    });
    expect(progress).toMatchObject({ count: 3, isStopped: true });
  });

  it('leaves the rest alone when the API is gone', async () => {
    const failure = new ApiUnreachable('http://vigia', 'ECONNREFUSED');
    const jobs = [job('a'), job('b', failure), job('c'), job('d')];

    expect(await doAll(jobs, { concurrency: 1, progress: new Steps() })).toEqual({
      done: ['a'],
      failed: [{ name: 'b', failure }],
      untried: 2,
    });
  });

  it('does as many at once as it was told, and no more', async () => {
    let running = 0;
    let most = 0;
    const jobs = Array.from({ length: 9 }, (_, index) => ({
      name: String(index),
      do: async () => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        await Promise.resolve();
        running -= 1;
      },
    }));
    await doAll(jobs, { concurrency: 3, progress: new Steps() });
    expect(most).toBe(3);
  });
});
