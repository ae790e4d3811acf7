import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { SystemClock } from './clock.js';

const clock = new SystemClock();

describe('SystemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-11-23T10:00:00Z') });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function wait(ms: number, signal?: AbortSignal): { isOver: boolean } {
    const waiter = { isOver: false };
    void clock.delay(ms, signal).then(() => {
      waiter.isOver = true;
    });
    return waiter;
  }

  it('tells the wall clock', () => {
    expect(clock.now()).toEqual(new Date('2026-11-23T10:00:00Z'));
  });

  it('counts durations that a stepped wall clock does not change', () => {
    const before = clock.monotonicMs();
    jest.setSystemTime(new Date('2020-01-01T00:00:00Z'));
    expect(clock.monotonicMs() - before).toBe(0);
    jest.advanceTimersByTime(250);
    expect(clock.monotonicMs() - before).toBe(250);
  });

  it('resolves after the time, and not before', async () => {
    const waiter = wait(1_000);
    await jest.advanceTimersByTimeAsync(999);
    expect(waiter.isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(waiter.isOver).toBe(true);
  });

  it('resolves as soon as the signal aborts, and leaves no timer behind', async () => {
    const stopping = new AbortController();
    const waiter = wait(60_000, stopping.signal);
    stopping.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(waiter.isOver).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('resolves at once when the signal was aborted before', async () => {
    const waiter = wait(60_000, AbortSignal.abort());
    await jest.advanceTimersByTimeAsync(0);
    expect(waiter.isOver).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
