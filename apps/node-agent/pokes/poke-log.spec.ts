import { beforeEach, describe, expect, it } from '@jest/globals';

import { KEPT_POKES, type Poke, PokeLog } from './poke-log.js';

const EVERYTHING = [{ kind: 'restarted', path: null }];
const NOBODY_GONE = new AbortController().signal;
const LONG_MS = 20_000;

const lost = (path: string): Poke => ({ kind: 'lost', path });

describe('PokeLog', () => {
  let log: PokeLog;

  beforeEach(() => {
    log = new PokeLog(100);
  });

  it('gives what came after a number, and the number to ask with next', () => {
    for (const path of ['a', 'b', 'c']) log.push(lost(path));
    expect(log.since(101)).toEqual({ seq: 103, pokes: [lost('b'), lost('c')] });
    expect(log.since(103)).toEqual({ seq: 103, pokes: [] });
    expect(log.now()).toEqual({ seq: 103, pokes: [] });
  });

  it.each([
    ['too far behind', 0],
    ['of a later agent', 5_000_000],
  ])('tells who is %s to look at everything', (_, after) => {
    log.push(lost('a'));
    expect(log.since(after)).toEqual({ seq: 101, pokes: EVERYTHING });
  });

  it('keeps the last ones only', () => {
    for (let i = 0; i < 10 * KEPT_POKES; i += 1) log.push(lost(`${i}`));
    const { seq } = log.now();
    expect(log.since(seq - KEPT_POKES).pokes).toHaveLength(KEPT_POKES);
    expect(log.since(seq - KEPT_POKES - 1).pokes).toEqual(EVERYTHING);
  });

  it('answers who waits with all that comes at about the same time', async () => {
    const answer = log.next(100, LONG_MS, NOBODY_GONE);
    for (const path of ['a', 'b']) log.push(lost(path));
    expect((await answer).pokes).toEqual([lost('a'), lost('b')]);
    expect(log.waiters).toBe(0);
  });

  it('answers with nothing when nothing comes', async () => {
    expect(await log.next(100, 1, NOBODY_GONE)).toEqual({ seq: 100, pokes: [] });
  });

  it('does not go on waiting for who has hung up', async () => {
    const gone = new AbortController();
    const answer = log.next(100, LONG_MS, gone.signal);
    expect(log.waiters).toBe(1);
    gone.abort();
    expect((await answer).pokes).toEqual([]);
    expect(log.waiters).toBe(0);
  });

  it('lets nobody wait once it is closed', async () => {
    const answer = log.next(100, LONG_MS, NOBODY_GONE);
    log.close();
    expect((await answer).pokes).toEqual([]);
    expect((await log.next(100, LONG_MS, NOBODY_GONE)).pokes).toEqual([]);
  });
});
