import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { preferredWait } from './prefer.js';

describe('preferredWait', () => {
  it.each<[string | string[] | undefined, number | null]>([
    [undefined, null],
    ['', null],
    ['wait=10', 10],
    ['wait=0', 0],
    ['wait=31', 30],
    ['wait=999999999', 30],
    ['Wait = "10"', 10],
    ['respond-async, wait=10', 10],
    ['wait=10; foo=bar', 10],
    [['respond-async', 'wait=7'], 7],
    ['wait=5, wait=9', 5],
    ['wait', null],
    ['wait=', null],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['wait=1e3', null],
    ['wait=9999999999', null],
    ['await=10', null],
    ['wait=10s', null],
  ])('reads %j as %j', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it('never fails, and never waits longer than 30 s', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map((n) => `wait=${n}`),
        ),
        (header) => {
          const seconds = preferredWait(header) ?? 0;
          expect(seconds >= 0 && seconds <= 30).toBe(true);
        },
      ),
    );
  });
});
