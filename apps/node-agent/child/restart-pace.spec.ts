import { describe, expect, it } from '@jest/globals';

import { Backoff } from '#supervision/backoff.js';

import { RESTART_PACE } from './restart-pace.js';

describe('the pace of restarts of MediaMTX', () => {
  it('is none the first time, and doubles up to its limit', () => {
    const delay = new Backoff(RESTART_PACE);
    const delays = Array.from({ length: 7 }, () => delay.nextDelayMs(10));
    expect(delays).toEqual([0, 250, 500, 1_000, 2_000, 2_000, 2_000]);
  });

  it('begins anew after a minute of health', () => {
    const delay = new Backoff(RESTART_PACE);
    for (let i = 0; i < 5; i += 1) delay.nextDelayMs(59_000);
    expect(delay.nextDelayMs(60_000)).toBe(0);
    expect(delay.nextDelayMs(10)).toBe(250);
  });
});
