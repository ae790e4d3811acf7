import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type OrphanVerdict, judgeUnexplained } from './orphans.js';

const GRACE_MS = 60_000;
const POLICY = { graceMs: GRACE_MS, isAdopted: false };
const NONE: ReadonlyMap<string, number> = new Map();

function strangers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `cam/stranger-${i}`);
}

/** The verdict of the last of two looks, `laterMs` apart, that both showed these names. */
function judgeTwice(
  names: readonly string[],
  laterMs: number,
  given: {
    pathsUnderPrefix?: number;
    newest?: [string, 'RUNNING' | 'STOPPED'][];
    isAdopted?: boolean;
  } = {},
): OrphanVerdict {
  // Enough others that these are few, unless a test says otherwise.
  const { pathsUnderPrefix = 10 * names.length, newest = [], isAdopted = false } = given;
  const seen = { names, newestDesired: new Map(newest), pathsUnderPrefix };
  const first = judgeUnexplained(seen, NONE, 1_000, POLICY);
  return judgeUnexplained(seen, first.firstSeenMs, 1_000 + laterMs, {
    graceMs: GRACE_MS,
    isAdopted,
  });
}

describe('judgeUnexplained', () => {
  it('removes at once what its newest row says is stopped', () => {
    const seen = {
      names: ['cam/a'],
      newestDesired: new Map([['cam/a', 'STOPPED' as const]]),
      pathsUnderPrefix: 1,
    };
    expect(judgeUnexplained(seen, NONE, 0, POLICY).remove).toEqual(['cam/a']);
  });

  it('leaves alone what its newest row wants, however old it is', () => {
    const verdict = judgeTwice(['cam/a'], 3_600_000, { newest: [['cam/a', 'RUNNING']] });
    expect(verdict).toMatchObject({ remove: [], isBraked: false });
  });

  it('removes a path without any row after the grace, and not before', () => {
    expect(judgeTwice(['cam/a'], GRACE_MS - 1).remove).toEqual([]);
    expect(judgeTwice(['cam/a'], GRACE_MS).remove).toEqual(['cam/a']);
  });

  it('counts the grace anew for a path that was gone in between', () => {
    const seen = { names: ['cam/a'], newestDesired: new Map(), pathsUnderPrefix: 10 };
    const gone = { ...seen, names: [], pathsUnderPrefix: 0 };
    const first = judgeUnexplained(seen, NONE, 0, POLICY);
    const second = judgeUnexplained(gone, first.firstSeenMs, 30_000, POLICY);
    expect(judgeUnexplained(seen, second.firstSeenMs, GRACE_MS, POLICY).remove).toEqual([]);
  });

  it('still removes ten without a row when there are more with one', () => {
    expect(judgeTwice(strangers(10), GRACE_MS, { pathsUnderPrefix: 21 })).toMatchObject({
      isBraked: false,
      remove: strangers(10),
    });
  });

  it('brakes when they are at least half of the paths, however few: a small site is a site', () => {
    [1, 2, 8].forEach((count) => {
      const most = judgeTwice(strangers(count), GRACE_MS, { pathsUnderPrefix: 2 * count });
      expect(most).toMatchObject({ isBraked: true, remove: [] });
      const fewer = judgeTwice(strangers(count), GRACE_MS, { pathsUnderPrefix: 2 * count + 1 });
      expect(fewer).toMatchObject({ isBraked: false, remove: strangers(count) });
    });
  });

  it('is not braked when there is no stranger, and none when the node is empty', () => {
    const seen = { names: [], newestDesired: new Map(), pathsUnderPrefix: 0 };
    expect(judgeUnexplained(seen, NONE, 0, POLICY)).toMatchObject({ isBraked: false });
  });

  it("removes them all on an operator's word, after the same grace", () => {
    const all = { pathsUnderPrefix: 50, isAdopted: true };
    expect(judgeTwice(strangers(50), GRACE_MS - 1, all).remove).toEqual([]);
    expect(judgeTwice(strangers(50), GRACE_MS, all)).toMatchObject({
      isBraked: false,
      remove: strangers(50),
    });
  });

  it('brakes at eleven when they are more than a fifth of the paths', () => {
    expect(judgeTwice(strangers(11), GRACE_MS, { pathsUnderPrefix: 54 })).toMatchObject({
      isBraked: true,
      remove: [],
    });
    expect(judgeTwice(strangers(11), GRACE_MS, { pathsUnderPrefix: 55 })).toMatchObject({
      isBraked: false,
      remove: strangers(11),
    });
  });

  it('removes what is stopped even while it brakes', () => {
    const names = [...strangers(11), 'cam/stopped'];
    const verdict = judgeTwice(names, GRACE_MS, {
      pathsUnderPrefix: 12,
      newest: [['cam/stopped', 'STOPPED']],
    });
    expect(verdict).toMatchObject({ isBraked: true, remove: ['cam/stopped'] });
  });

  it('removes nothing when the database is empty, at any time, from a node of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(10_000_000), (count, laterMs) => {
        const { remove } = judgeTwice(strangers(count), laterMs, { pathsUnderPrefix: count });
        expect(remove).toEqual([]);
      }),
    );
  });

  it('never removes more without a row than ten, or a fifth of all', () => {
    const name = fc.integer({ min: 0, max: 79 });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 80 }),
        fc.uniqueArray(name, { maxLength: 80 }),
        fc.nat(200),
        fc.nat(200_000),
        (unexplained, stoppedOnes, explained, laterMs) => {
          const names = unexplained.map((i) => `cam/${i}`);
          const stopped = new Set(stoppedOnes.map((i) => `cam/${i}`));
          const pathsUnderPrefix = names.length + explained;
          const { remove } = judgeTwice(names, laterMs, {
            pathsUnderPrefix,
            newest: [...stopped].map((path) => [path, 'STOPPED']),
          });
          const withoutRow = remove.filter((path) => !stopped.has(path));
          expect(withoutRow.length).toBeLessThanOrEqual(Math.max(10, pathsUnderPrefix / 5));
          expect(names).toEqual(expect.arrayContaining([...remove]));
          expect(laterMs < GRACE_MS ? withoutRow : []).toEqual([]);
        },
      ),
    );
  });
});
