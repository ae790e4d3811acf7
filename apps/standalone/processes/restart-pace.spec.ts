import { describe, expect, it } from '@jest/globals';

import { Backoff } from '#supervision/backoff.js';

import { RESTART_PACE } from './restart-pace.js';

describe('the pace of restarts in the stack', () => {
  it('doubles with each short life, up to ten seconds', () => {
    const backoff = new Backoff(RESTART_PACE);
    const delays = Array.from({ length: 7 }, () => backoff.nextDelayMs(100));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('starts anew after a long life', () => {
    const backoff = new Backoff(RESTART_PACE);
    backoff.nextDelayMs(100);
    backoff.nextDelayMs(100);
    expect(backoff.nextDelayMs(30_000)).toBe(500);
    expect(backoff.nextDelayMs(100)).toBe(1_000);
  });
});
