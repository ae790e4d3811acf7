import { beforeEach, describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';

import { Breaker } from './breaker.js';

const MAX_WAIT_MS = 5_000;

let clock: FakeClock;
let breaker: Breaker;

beforeEach(() => {
  clock = new FakeClock();
  breaker = new Breaker(clock, MAX_WAIT_MS);
});

/** A call that takes so long and is not answered. */
async function fails(tookMs = 0): Promise<void> {
  const startedMs = clock.monotonicMs();
  breaker.callBegan();
  await clock.advance(tookMs);
  breaker.failed(startedMs);
}

describe('Breaker', () => {
  it('lets everybody call while the node answers', () => {
    breaker.callBegan();
    expect([breaker.isClosed, breaker.mayCall, breaker.retryInMs]).toEqual([true, true, 0]);
  });

  it('waits longer after each failure in a row, up to its limit', async () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 5; failure += 1) {
      await fails();
      waits.push(breaker.retryInMs);
      await clock.advance(breaker.retryInMs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('lets one ask at once when it is told that the node is back', async () => {
    await fails();
    await fails();
    expect(breaker.mayCall).toBe(false);
    breaker.hurry();
    expect([breaker.mayCall, breaker.retryInMs]).toEqual([true, 0]);
    breaker.callBegan();
    expect(breaker.mayCall).toBe(false);
  });

  it('never waits longer than its limit, however short', async () => {
    breaker = new Breaker(clock, 300);
    await fails();
    expect(breaker.retryInMs).toBe(300);
  });

  it('counts the time that a call took, and still leaves a pause after it', async () => {
    await fails(5_000);
    expect(breaker.retryInMs).toBe(500);
    await clock.advance(500);
    await fails(1_200);
    expect(breaker.retryInMs).toBe(800);
  });

  it('lets one caller ask when it is due, and nobody else meanwhile', async () => {
    await fails();
    expect(breaker.mayCall).toBe(false);
    await clock.advance(999);
    expect(breaker.mayCall).toBe(false);
    await clock.advance(1);
    expect(breaker.mayCall).toBe(true);
    breaker.callBegan();
    await clock.advance(60_000);
    // Not at once: who would ask in between would ask without end.
    expect([breaker.mayCall, breaker.retryInMs]).toEqual([false, 500]);
  });

  it('opens for everybody at the first answer, and begins anew with its waits', async () => {
    await fails();
    await clock.advance(1_000);
    await fails();
    breaker.succeeded();
    expect([breaker.isClosed, breaker.mayCall]).toEqual([true, true]);
    await fails();
    expect(breaker.retryInMs).toBe(1_000);
  });

  it('counts calls that were under way together as one failure', async () => {
    const startedMs = clock.monotonicMs();
    breaker.callBegan();
    breaker.callBegan();
    await clock.advance(400);
    breaker.failed(startedMs);
    await clock.advance(400);
    breaker.failed(startedMs);
    expect(breaker.retryInMs).toBe(200);
  });
});
