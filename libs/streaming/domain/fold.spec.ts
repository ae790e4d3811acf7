import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { aSample, aSilentSample } from '#test/support/streaming/a-stream.js';

import {
  EMPTY_MEMO,
  type Observation,
  type PathMemo,
  fold,
  isNews,
  rememberApplied,
  rememberGeneration,
  rememberRefused,
  rememberTold,
} from './fold.js';
import { type PathSample } from './look.js';

type Seen = PathSample | null | 'inconclusive';

/** What the last of these looks says; each is `[atMs, what it showed]`. */
function observe(looks: readonly (readonly [number, Seen])[], memo = EMPTY_MEMO): Observation {
  return remember(looks, memo).observation;
}

function remember(
  looks: readonly (readonly [number, Seen])[],
  from = EMPTY_MEMO,
): { memo: PathMemo; observation: Observation } {
  return looks.reduce<{ memo: PathMemo; observation: Observation }>(
    ({ memo }, [atMs, seen]) => fold(memo, seen, atMs),
    { memo: from, observation: { kind: 'inconclusive' } },
  );
}

const bytes = (inboundBytes: number): PathSample => aSample({ inboundBytes });

describe('fold: does media flow?', () => {
  it('says so when bytes grew between two looks under one availableTime', () => {
    expect(
      observe([
        [0, bytes(100)],
        [5_000, bytes(101)],
      ]),
    ).toMatchObject({ isFlowing: true, isSilent: false, silentForMs: 0 });
  });

  it.each<[string, PathSample]>([
    ['the count stood still', bytes(100)],
    ['the count restarted', bytes(99)],
    ['another connection has more', aSample({ availableTime: 'later', inboundBytes: 200 })],
    ['it is not available', aSample({ available: false, inboundBytes: 200 })],
    ['it has no availableTime', aSample({ availableTime: null, inboundBytes: 200 })],
  ])('does not say so when %s', (_, second) => {
    expect(
      observe([
        [0, bytes(100)],
        [5_000, second],
      ]),
    ).toMatchObject({ kind: 'present', isFlowing: false });
  });

  it('does not say so when neither look has an availableTime', () => {
    const nameless = (inboundBytes: number): PathSample =>
      aSample({ availableTime: null, inboundBytes });
    expect(
      observe([
        [0, nameless(100)],
        [5_000, nameless(200)],
      ]),
    ).toMatchObject({ isFlowing: false });
  });

  it('needs two looks, however many bytes the first one shows', () => {
    expect(observe([[0, bytes(1_000_000)]])).toMatchObject({ isFirst: true, isFlowing: false });
  });

  it('still counts growth since before looks that learnt nothing', () => {
    expect(
      observe([
        [0, bytes(100)],
        [5_000, 'inconclusive'],
        [10_000, bytes(200)],
      ]),
    ).toMatchObject({ isFlowing: true });
  });

  it('counts no growth across a look that did not find the path', () => {
    expect(
      observe([
        [0, bytes(100)],
        [5_000, null],
        [10_000, bytes(200)],
      ]),
    ).toMatchObject({ isFlowing: false });
  });
});

describe('fold: what is there?', () => {
  it('calls a path absent that a catch-all has taken', () => {
    expect(observe([[0, aSample({ confName: 'all_others' })]])).toMatchObject({ kind: 'absent' });
  });

  it('calls the first conclusive look the first, whatever was inconclusive before it', () => {
    expect(
      observe([
        [0, 'inconclusive'],
        [5_000, null],
      ]),
    ).toMatchObject({ kind: 'absent', isFirst: true });
    expect(
      observe([
        [0, null],
        [5_000, null],
      ]),
    ).toMatchObject({ isFirst: false });
  });
});

describe('fold: for how long has it been silent?', () => {
  it('counts from the first look that finds the path present and silent', () => {
    expect(observe([[1_000, aSilentSample()]])).toMatchObject({ silentForMs: 0, isSilent: false });
    expect(
      observe([
        [1_000, aSilentSample()],
        [8_000, aSilentSample()],
      ]),
    ).toMatchObject({ silentForMs: 7_000 });
  });

  it('confirms silence by looks at least 4 s apart, and not before', () => {
    const silentAt = (ms: number): Observation =>
      observe([
        [0, aSilentSample()],
        [ms, aSilentSample()],
      ]);
    expect(silentAt(3_999)).toMatchObject({ isSilent: false });
    expect(silentAt(4_000)).toMatchObject({ isSilent: true });
  });

  it('pauses while looks are inconclusive', () => {
    expect(
      observe([
        [0, aSilentSample()],
        [5_000, aSilentSample()],
        [10_000, 'inconclusive'],
        [60_000, aSilentSample()],
        [61_000, aSilentSample()],
      ]),
    ).toMatchObject({ silentForMs: 6_000 });
  });

  it('starts anew when the path is absent', () => {
    expect(
      observe([
        [0, aSilentSample()],
        [9_000, aSilentSample()],
        [10_000, null],
        [11_000, aSilentSample()],
      ]),
    ).toMatchObject({ silentForMs: 0 });
  });

  it('starts anew when media moved', () => {
    expect(
      observe([
        [0, aSilentSample()],
        [5_000, aSilentSample()],
        [6_000, bytes(10)],
        [7_000, bytes(10)],
        [8_000, bytes(10)],
      ]),
    ).toMatchObject({ silentForMs: 1_000 });
  });

  it('does not take the freeze of this very process for silence of the camera', () => {
    expect(
      observe([
        [0, aSilentSample()],
        [3_600_000, aSilentSample()],
      ]),
    ).toMatchObject({ silentForMs: 10_000 });
  });

  it('calls a connection silent that stays open and delivers nothing more', () => {
    expect(
      observe([
        [0, bytes(100)],
        [5_000, bytes(100)],
        [10_000, bytes(100)],
      ]),
    ).toMatchObject({ isSilent: true, silentForMs: 5_000 });
  });

  it('calls a connection that never delivered a byte silent from its first look on', () => {
    expect(
      observe([
        [0, bytes(0)],
        [5_000, bytes(0)],
      ]),
    ).toMatchObject({ silentForMs: 5_000, isFlowing: false });
  });

  it.each<[string, PathSample]>([
    ['a counter that restarted', bytes(99)],
    ['a new connection', aSample({ availableTime: 'later', inboundBytes: 50 })],
    [
      'a new connection at the very count of the one before it',
      aSample({ availableTime: 'later' }),
    ],
  ])('calls %s neither silent nor flowing', (_, next) => {
    expect(
      observe([
        [0, aSample()],
        [5_000, aSample()],
        [10_000, aSample()],
        [15_000, next],
      ]),
    ).toMatchObject({ isSilent: false, silentForMs: 0, isFlowing: false });
  });
});

const accepted = (memo: PathMemo, generation: number, storedGeneration: number): PathMemo =>
  rememberApplied(memo, { generation, storedGeneration, nowMs: 1_000 });

describe('rememberApplied', () => {
  const known = (): PathMemo =>
    remember([
      [0, bytes(100)],
      [1_000, bytes(200)],
    ]).memo;

  it('ends what the connection from before a changed source could prove', () => {
    const memo = accepted(known(), 2, 1);
    expect(observe([[2_000, bytes(300)]], memo)).toMatchObject({
      appliedGeneration: 2,
      isFlowing: false,
    });
    const after = aSample({ availableTime: 'later', inboundBytes: 1 });
    expect(
      observe(
        [
          [2_000, after],
          [3_000, { ...after, inboundBytes: 2 }],
        ],
        memo,
      ),
    ).toMatchObject({ isFlowing: true });
  });

  it('lets growth after the apply be enough when no connection was known before', () => {
    const memo = accepted(EMPTY_MEMO, 2, 1);
    expect(
      observe(
        [
          [2_000, bytes(100)],
          [3_000, bytes(200)],
        ],
        memo,
      ),
    ).toMatchObject({ isFlowing: true });
  });

  it('believes a connection that a first generation found in place', () => {
    expect(observe([[2_000, bytes(300)]], accepted(known(), 1, 0))).toMatchObject({
      isFlowing: true,
    });
  });

  it('keeps the evidence when a generation that was applied already is written again', () => {
    const memo = accepted(accepted(known(), 2, 1), 2, 2);
    const again = remember([[2_000, aSample({ availableTime: 'new', inboundBytes: 1 })]], memo);
    const written = accepted(again.memo, 2, 2);
    expect(
      observe([[3_000, aSample({ availableTime: 'new', inboundBytes: 2 })]], written),
    ).toMatchObject({ isFlowing: true });
  });

  it('restarts the clock of silence for a new generation only', () => {
    const silent = remember([
      [0, aSilentSample()],
      [9_000, aSilentSample()],
    ]).memo;
    const next: [number, PathSample] = [10_000, aSilentSample()];
    expect(observe([next], accepted(silent, 1, 0))).toMatchObject({ silentForMs: 0 });
    expect(observe([next], accepted(silent, 1, 1))).toMatchObject({ silentForMs: 10_000 });
  });

  it('forgets refusals', () => {
    const refused = rememberRefused(EMPTY_MEMO, 1_000);
    expect(observe([[1_001, null]], accepted(refused, 1, 0))).toMatchObject({
      mayApply: true,
    });
  });
});

describe('rememberRefused', () => {
  it('waits 5 s after the first refusal before the body may be sent again', () => {
    const memo = rememberRefused(EMPTY_MEMO, 1_000);
    expect(observe([[5_999, null]], memo)).toMatchObject({ mayApply: false });
    expect(observe([[6_000, null]], memo)).toMatchObject({ mayApply: true });
    expect(observe([[5_999, aSample()]], memo)).toMatchObject({ mayApply: false });
    expect(observe([[6_000, aSample()]], memo)).toMatchObject({ mayApply: true });
  });

  it('waits longer each time, and never longer than five minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_100 }), (refusals) => {
        let memo = EMPTY_MEMO;
        let lastWaitMs = 0;
        for (let i = 0; i < refusals; i += 1) {
          memo = rememberRefused(memo, 0);
          expect(memo.retryAtMs).toBeGreaterThanOrEqual(lastWaitMs);
          lastWaitMs = memo.retryAtMs;
        }
        expect(lastWaitMs).toBeLessThanOrEqual(300_000);
      }),
      { numRuns: 3 },
    );
  });
});

describe('the connection from before a changed source', () => {
  const changed = (): PathMemo =>
    accepted(
      remember([
        [0, bytes(100)],
        [1_000, bytes(200)],
      ]).memo,
      2,
      1,
    );

  it('is stale when it still delivers 4 s later', () => {
    const looks = [
      [2_000, bytes(300)],
      [5_999, bytes(400)],
    ] as const;
    expect(observe(looks, changed())).toMatchObject({ isStale: false });
    expect(observe([...looks, [6_000, bytes(500)]], changed())).toMatchObject({
      isStale: true,
      isFlowing: false,
    });
  });

  it('is stale no more once it has ended, fallen silent or been replaced again', () => {
    const { memo } = remember(
      [
        [2_000, bytes(300)],
        [7_000, bytes(400)],
      ],
      changed(),
    );
    for (const seen of [null, aSilentSample(), aSample({ availableTime: 'later' })]) {
      const after = remember([[8_000, seen]], memo).memo;
      expect(observe([[12_500, bytes(500)]], after)).toMatchObject({ isStale: false });
    }
    expect(observe([[8_000, bytes(500)]], accepted(memo, 2, 2))).toMatchObject({ isStale: false });
  });
});

describe('rememberGeneration', () => {
  const { memo: known } = remember(
    [
      [0, bytes(100)],
      [1_000, bytes(200)],
    ],
    rememberGeneration(EMPTY_MEMO, 1),
  );

  it('ends what the connection could prove, whoever applies what is asked for now', () => {
    expect(observe([[2_000, bytes(300)]], rememberGeneration(known, 2))).toMatchObject({
      isFlowing: false,
    });
  });

  it('changes nothing for the generation that is known, or an older one', () => {
    expect(rememberGeneration(known, 1)).toBe(known);
    expect(observe([[2_000, bytes(300)]], known)).toMatchObject({ isFlowing: true });
  });

  it('takes what it finds for what is asked for when it has never looked before', () => {
    const first = remember([[0, bytes(100)]], rememberGeneration(EMPTY_MEMO, 2)).memo;
    expect(observe([[1_000, bytes(200)]], first)).toMatchObject({ isFlowing: true });
  });

  it('lets another body be sent at once after one that was refused', () => {
    const refused = rememberRefused(known, 2_000);
    expect(observe([[2_001, null]], refused)).toMatchObject({ mayApply: false });
    expect(observe([[2_001, null]], rememberGeneration(refused, 2))).toMatchObject({
      mayApply: true,
    });
  });

  it('voids what the camera has said and how long it was silent', () => {
    const silent = remember([
      [0, aSilentSample()],
      [9_000, aSilentSample()],
    ]).memo;
    const told = { ...silent, generation: 1, probing: { ...silent.probing, cause: 'SOURCE_DNS' } };
    expect(observe([[10_000, aSilentSample()]], rememberGeneration(told, 2))).toMatchObject({
      silentForMs: 0,
      cause: { code: 'SOURCE_NO_MEDIA' },
      probeInMs: 3_000,
    });
  });
});

describe('what the node tells of a source', () => {
  const fault = { code: 'SOURCE_REFUSED', atMs: 1_000, mark: '1' };
  const accepted = { generation: 1, storedGeneration: 0 };

  it('is remembered once', () => {
    const memo = rememberTold(EMPTY_MEMO, fault, 1_000);
    expect(memo.probing.cause).toBe('SOURCE_REFUSED');
    expect(rememberTold(memo, fault, 6_000)).toBe(memo);
  });

  it('is nothing about a dial that came after it', () => {
    const applied = rememberApplied(EMPTY_MEMO, { ...accepted, nowMs: 2_000 });
    expect(isNews(applied, fault)).toBe(false);
    expect(isNews(applied, { ...fault, atMs: 2_001 })).toBe(true);
  });

  it('is nothing when media has come after it, though nothing was ever wrong here', () => {
    const { memo } = fold(EMPTY_MEMO, aSample(), 2_000);
    expect(isNews(memo, fault)).toBe(false);
    expect(isNews(memo, { ...fault, atMs: 2_001 })).toBe(true);
  });
});
