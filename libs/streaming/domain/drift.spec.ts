import { describe, expect, it } from '@jest/globals';

import { aSample, aSilentSample } from '#test/support/streaming/a-stream.js';

import { rememberWrongSource } from './drift.js';
import { EMPTY_MEMO, type Observation, type PathMemo, fold } from './fold.js';
import { type PathSample } from './look.js';

const TICK_MS = 5_000;

/** One look after the other, a tick apart. */
function looks(memo: PathMemo, samples: PathSample[]): { memo: PathMemo; last: Observation } {
  let last: Observation = { kind: 'inconclusive' };
  for (const sample of samples) {
    const nowMs = (memo.lookedAtMs ?? 0) + TICK_MS;
    ({ memo, observation: last } = fold(memo, sample, nowMs));
  }
  return { memo, last };
}

const flowing = (availableTime: string): PathSample[] =>
  [1_000, 2_000, 3_000].map((inboundBytes) => aSample({ availableTime, inboundBytes }));

describe('rememberWrongSource', () => {
  it('lets the connection to the wrong source prove nothing any more', () => {
    const { memo } = looks(EMPTY_MEMO, flowing('wrong'));
    const { last } = looks(rememberWrongSource(memo), [
      aSample({ availableTime: 'wrong', inboundBytes: 9_000 }),
    ]);
    expect(last).toMatchObject({ isFlowing: false });
  });

  it('believes the next connection', () => {
    const { memo } = looks(EMPTY_MEMO, flowing('wrong'));
    const { last } = looks(rememberWrongSource(memo), flowing('right'));
    expect(last).toMatchObject({ isFlowing: true });
  });

  it('does not count the silence of the wrong source as that of the camera', () => {
    const silence = Array.from({ length: 4 }, () => aSilentSample());
    const { memo, last } = looks(EMPTY_MEMO, silence);
    expect(last).toMatchObject({ silentForMs: 15_000 });
    expect(looks(rememberWrongSource(memo), [aSilentSample()]).last).toMatchObject({
      silentForMs: 0,
      isSilent: false,
    });
  });

  it('keeps a connection out that was known to prove nothing before', () => {
    const memo = { ...EMPTY_MEMO, staleAvailableTime: 'older' };
    expect(rememberWrongSource(memo).staleAvailableTime).toBe('older');
  });
});
