import { describe, expect, it } from '@jest/globals';

import { RestartDelay } from './restart-delay.js';

describe('RestartDelay', () => {
  it('is none the first time, and doubles up to its limit', () => {
    const delay = new RestartDelay();
    const delays = Array.from({ length: 7 }, () => delay.nextMs(10));
    expect(delays).toEqual([0, 250, 500, 1_000, 2_000, 2_000, 2_000]);
  });

  it('begins anew after a minute of health', () => {
    const delay = new RestartDelay();
    for (let i = 0; i < 5; i += 1) delay.nextMs(59_000);
    expect(delay.nextMs(60_000)).toBe(0);
    expect(delay.nextMs(10)).toBe(250);
  });
});
