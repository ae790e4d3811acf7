import { describe, expect, it } from '@jest/globals';

import { ageOf } from './age.js';

const NOW = new Date('2026-11-23T17:00:00.000Z');

describe('an age', () => {
  it.each([
    ['2026-11-23T17:00:00.000Z', '0s'],
    ['2026-11-23T16:59:00.001Z', '59s'],
    ['2026-11-23T16:59:00.000Z', '1m'],
    ['2026-11-23T16:00:01.000Z', '59m'],
    ['2026-11-23T16:00:00.000Z', '1h'],
    ['2026-11-21T17:00:00.000Z', '2d'],
    ['2026-11-23T17:00:09.000Z', '0s'],
  ])('of %s is %s', (instant, age) => {
    expect(ageOf(instant, NOW)).toBe(age);
  });

  it('is nothing without an instant', () => {
    expect(ageOf(null, NOW)).toBeNull();
  });
});
