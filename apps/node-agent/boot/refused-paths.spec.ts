import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type PathBody } from '../wanted/wanted-set.js';
import { MOST_TRIALS, type Verdict, siftPaths } from './refused-paths.js';

const BODY: PathBody = { source: 'rtsp://h/', sourceOnDemand: false, rtspTransport: 'tcp' };
const named = (names: readonly string[]) => new Map(names.map((name) => [name, BODY]));
const many = (count: number) => named(Array.from({ length: count }, (_, i) => `cam/${i}`));

function server(bad: readonly string[]) {
  let trials = 0;
  return {
    get trials() {
      return trials;
    },
    tryOut: async (paths: ReadonlyMap<string, PathBody>): Promise<Verdict> => {
      trials += 1;
      return bad.some((name) => paths.has(name)) ? 'refused' : 'accepted';
    },
  };
}

describe('siftPaths', () => {
  it('tries good ones once, and none not at all', async () => {
    const { tryOut } = server([]);
    expect(await siftPaths(many(1_000), tryOut)).toEqual({
      refused: [],
      untried: [],
      isCertain: true,
    });
    const idle = server([]);
    await siftPaths(new Map(), idle.tryOut);
    expect(idle.trials).toBe(0);
  });

  it('finds one bad path of a thousand in a few trials', async () => {
    const mtx = server(['cam/617']);
    expect(await siftPaths(many(1_000), mtx.tryOut)).toMatchObject({ refused: ['cam/617'] });
    expect(mtx.trials).toBeLessThanOrEqual(21);
  });

  it('never leaves a bad one in, never refuses a good one, and ends in time', async () => {
    const sets = fc.uniqueArray(fc.stringMatching(/^cam\/[a-z]{1,3}$/), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sets, fc.func(fc.boolean()), async (names, isBad) => {
        const bad = names.filter((name) => isBad(name));
        const mtx = server(bad);
        const { refused, untried } = await siftPaths(named(names), mtx.tryOut);
        const out = [...refused, ...untried];
        expect(bad.filter((name) => !out.includes(name))).toEqual([]);
        expect(refused.filter((name) => !bad.includes(name))).toEqual([]);
        expect(mtx.trials).toBeLessThanOrEqual(MOST_TRIALS);
      }),
    );
  });

  it('blames nobody when nothing could be tried', async () => {
    expect(await siftPaths(many(4), async () => 'unknown')).toEqual({
      refused: [],
      untried: [],
      isCertain: false,
    });
  });
});
