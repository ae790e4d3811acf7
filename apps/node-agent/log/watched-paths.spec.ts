import { beforeEach, describe, expect, it } from '@jest/globals';

import { WatchedPaths } from './watched-paths.js';

const AT = new Date('2026-11-27T16:54:26.000Z');
const LATER = new Date('2026-11-27T16:54:31.000Z');

describe('WatchedPaths', () => {
  let watched: WatchedPaths;

  beforeEach(() => {
    watched = new WatchedPaths();
    watched.watch(new Map(Object.entries({ 'cam/a': '1', 'cam/b': '1' })));
  });

  it('keeps the last error of a path, when it was, and how many there were', () => {
    watched.failed('cam/a', 'SOURCE_REFUSED', AT);
    watched.failed('cam/a', 'SOURCE_TIMEOUT', LATER);
    expect(watched.errors()).toEqual({
      'cam/a': { code: 'SOURCE_TIMEOUT', at: '2026-11-27T16:54:31.000Z', count: 2 },
    });
  });

  it('keeps nothing of a path that is not wanted', () => {
    watched.failed('cam/stranger', 'SOURCE_REFUSED', AT);
    expect(watched.available('cam/stranger')).toBe(false);
    expect(watched.errors()).toEqual({});
  });

  it('forgets what is no longer wanted, and what was said of another source', () => {
    for (const path of ['cam/a', 'cam/b']) watched.failed(path, 'SOURCE_REFUSED', AT);
    watched.watch(new Map(Object.entries({ 'cam/a': '2' })));
    expect(watched.errors()).toEqual({});
  });

  it('keeps what stays as it is', () => {
    watched.failed('cam/a', 'SOURCE_REFUSED', AT);
    watched.watch(new Map(Object.entries({ 'cam/a': '1', 'cam/c': '1' })));
    expect(watched.errors()).toHaveProperty(['cam/a', 'count'], 1);
  });

  it('says of a change only once that it is one', () => {
    expect(watched.stopped('cam/a')).toBe(false);
    expect(watched.available('cam/a')).toBe(true);
    expect(watched.available('cam/a')).toBe(false);
    expect(watched.failed('cam/a', 'SOURCE_PROTOCOL', AT)).toBe('lost');
    expect(watched.stopped('cam/a')).toBe(false);
  });

  it('says of a failure whether it is another one than before', () => {
    const failed = (code: 'SOURCE_REFUSED' | 'SOURCE_TIMEOUT'): string =>
      watched.failed('cam/a', code, AT);
    expect(failed('SOURCE_REFUSED')).toBe('failed');
    expect(failed('SOURCE_REFUSED')).toBe('as before');
    expect(failed('SOURCE_TIMEOUT')).toBe('failed');
    expect(watched.failed('cam/stranger', 'SOURCE_REFUSED', AT)).toBe('as before');
  });

  it('takes nothing for available that an earlier MediaMTX has served', () => {
    watched.available('cam/a');
    watched.allStopped();
    expect(watched.available('cam/a')).toBe(true);
  });
});
