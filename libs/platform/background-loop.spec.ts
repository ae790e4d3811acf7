import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';
import { type LogLine, sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

import { BackgroundLoop } from './background-loop.js';

let logs: LogLine[] = [];
let clock: FakeClock;
let runs = 0;
let finish: (() => void)[] = [];
let failure: Error | null = null;
let loop: BackgroundLoop;

beforeEach(() => {
  logs = silentLogs();
  clock = new FakeClock();
  runs = 0;
  finish = [];
  failure = null;
  loop = new BackgroundLoop({ name: 'Reconcile', context: 'Node' }, run, clock);
});

async function run(): Promise<void> {
  runs += 1;
  await new Promise<void>((resolve) => finish.push(resolve));
  if (failure !== null) {
    throw failure;
  }
}

async function finishRun(): Promise<void> {
  finish.shift()?.();
  await settled();
}

describe('BackgroundLoop', () => {
  it('runs when it is poked, never twice at once', async () => {
    loop.poke();
    loop.poke();
    loop.poke();
    expect(runs).toBe(1);
    await finishRun();
    expect(runs).toBe(2);
    await finishRun();
    expect(runs).toBe(2);
  });

  it('does not run again for ticks that fell into a run', async () => {
    loop.tick();
    loop.tick();
    await finishRun();
    expect(runs).toBe(1);
    loop.tick();
    expect(runs).toBe(2);
  });

  it('goes on after a failure, and says it once, with its end and length', async () => {
    failure = new Error('no database');
    for (let i = 0; i < 3; i += 1) {
      loop.tick();
      await finishRun();
      await clock.advance(5_000);
    }
    failure = null;
    loop.tick();
    await finishRun();
    expect(sentences(logs)).toEqual([
      'Reconcile fails; it is tried again',
      'Reconcile works again',
    ]);
    expect(logs[1]?.fields).toEqual({ outageMs: 15_000 });
  });

  it('is stopped when nothing runs any more, and does not begin again', async () => {
    loop.poke();
    loop.poke();
    let isStopped = false;
    const stopped = loop.stop().then(() => {
      isStopped = true;
    });
    await settled();
    expect(isStopped).toBe(false);
    await finishRun();
    await stopped;
    loop.poke();
    loop.tick();
    await settled();
    expect(runs).toBe(1);
  });
});

describe('BackgroundLoop, poked for later', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs then', () => {
    loop.pokeIn(1_000);
    jest.advanceTimersByTime(999);
    expect(runs).toBe(0);
    jest.advanceTimersByTime(1);
    expect(runs).toBe(1);
  });

  it('leaves no timer behind when it is stopped', async () => {
    loop.pokeIn(1_000);
    await loop.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sets no timer once it is stopped: it would hold the process up', async () => {
    await loop.stop();
    loop.pokeIn(3_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
