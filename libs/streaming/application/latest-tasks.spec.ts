import { describe, expect, it } from '@jest/globals';

import { aGate } from '#test/support/streaming/a-gate.js';
import { settled } from '#test/support/streaming/fake-clock.js';

import { LatestTasks, type Running } from './latest-tasks.js';

describe('LatestTasks', () => {
  it('knows what is under way, and forgets what has ended', async () => {
    const tasks = new LatestTasks<number>();
    const gate = aGate();
    tasks.start('a', 7, () => gate.promise);
    expect([tasks.size, tasks.has('a'), tasks.about('a'), tasks.about('b')]).toEqual([
      1,
      true,
      7,
      undefined,
    ]);
    gate.open();
    await settled();
    expect([tasks.size, tasks.has('a')]).toEqual([0, false]);
  });

  it('ends the task of a key when a newer one begins, and keeps the newer one', async () => {
    const tasks = new LatestTasks<string>();
    const [first, second] = [aGate(), aGate()];
    const seen: Running[] = [];
    const run = (gate: { promise: Promise<void> }) => (running: Running) => {
      seen.push(running);
      return gate.promise;
    };
    tasks.start('a', 'older', run(first));
    tasks.start('a', 'newer', run(second));
    expect(seen.map(({ signal, before }) => [signal.aborted, before !== undefined])).toEqual([
      [true, false],
      [false, true],
    ]);
    first.open();
    await seen[1]?.before;
    expect(tasks.about('a')).toBe('newer');
    second.open();
    await settled();
    expect(tasks.size).toBe(0);
  });

  it('ends all and waits for them', async () => {
    const tasks = new LatestTasks();
    const gate = aGate();
    let signal: AbortSignal | null = null;
    tasks.start('a', undefined, (running) => {
      signal = running.signal;
      return gate.promise;
    });
    let isClosed = false;
    const closing = tasks.close().then(() => {
      isClosed = true;
    });
    await settled();
    expect([tasks.isClosed, isClosed, (signal as AbortSignal | null)?.aborted]).toEqual([
      true,
      false,
      true,
    ]);
    gate.open();
    await closing;
    expect(isClosed).toBe(true);
  });
});
