import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { reordersFrames } from './h264-reordering.js';

/** As x264 writes them, 640x360 at 25 frames a second. */
const HIGH_WITH_B_FRAMES = 'Z2QAHqzZQKAv+XARAAADAAEAAAMAMg8WLZY=,aOvjyyLA';
const HIGH_WITHOUT = 'Z2QAHqyyAUBf8uAiAAADAAIAAAMAZB4sXJA=,aOvDyyLA';
const WITH_RATES_COLOURS_AND_ASPECT =
  'Z2QAHqzZQKAv+X/wFNANBqAgICgAAAMACAAAAwGTAQAPQgAD0JSYYA8WLZY=,aOvjyyLA';
const INTERLACED_WITH_OVERSCAN = 'Z2QAHqzZQKBj8+AxAAADAAEAAAMAMh8UKZY=,aPujyzACwA==';
const FULL_CHROMA_WITHOUT = 'Z/QAHpGWQCgL/icBEAAAAwAQAAADAyDxYuSA,aOvDxEwABEA=';
const BASELINE = 'Z0LAHtkAoC/5cBEAAAMAAQAAAwAyDxYuSA==,aMuDyyA=';

describe('reordersFrames', () => {
  it.each([
    ['a stream with B-frames', HIGH_WITH_B_FRAMES, true],
    ['one that tells rates, colours and an odd aspect before', WITH_RATES_COLOURS_AND_ASPECT, true],
    ['one that is interlaced', INTERLACED_WITH_OVERSCAN, true],
    ['one of full chroma without', FULL_CHROMA_WITHOUT, false],
    ['one of the same profile without', HIGH_WITHOUT, false],
    ['one of the Baseline profile', BASELINE, false],
    ['no parameter sets', '', false],
    ['sets that end too soon', 'Z2QAHg==', false],
    ['text that is no base64', '%%%,%%%', false],
  ])('tells of %s', (_, parameterSets, expected) => {
    expect(reordersFrames(parameterSets)).toBe(expected);
  });

  it('makes an end of whatever a camera sends', () => {
    const unit = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from([0x67, ...bytes]));
    fc.assert(
      fc.property(unit, (bytes) => {
        expect(typeof reordersFrames(bytes.toString('base64'))).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
