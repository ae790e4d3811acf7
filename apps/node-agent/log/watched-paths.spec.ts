import { beforeEach, describe, expect, it } from '@jest/globals';

import { MOST_UNKNOWN, WatchedPaths } from './watched-paths.js';

const AT = new Date('2026-11-27T16:54:26.000Z');
const LATER = new Date('2026-11-27T16:54:31.000Z');

describe('WatchedPaths', () => {
  let watched: WatchedPaths;
  let nowMs: number;

  beforeEach(() => {
    nowMs = 0;
    watched = new WatchedPaths('cam', () => nowMs);
    watched.watch(['cam/a', 'cam/b']);
  });

  it('keeps the last error of a path, when it was, and how many there were', () => {
    watched.failed('cam/a', 'SOURCE_REFUSED', AT);
    nowMs = 5_000;
    watched.failed('cam/a', 'SOURCE_TIMEOUT', LATER);
    nowMs = 5_700;
    expect(watched.errors()).toEqual({
      'cam/a': {
        code: 'SOURCE_TIMEOUT',
        at: '2026-11-27T16:54:31.000Z',
        count: 2,
        ageMs: 700,
        isOver: false,
      },
    });
  });

  it('keeps nothing of a path that is not one of Vigia', () => {
    watched.failed('other/stranger', 'SOURCE_REFUSED', AT);
    expect(watched.available('other/stranger')).toBe(false);
    expect(watched.errors()).toEqual({});
  });

  it('keeps what is said of a path before it is told to be wanted, and after', () => {
    expect(watched.failed('cam/new', 'SOURCE_REFUSED', AT)).toBe('failed');
    expect(watched.available('cam/newer')).toBe(true);
    watched.watch(['cam/new', 'cam/newer']);
    expect(watched.errors()).toHaveProperty(['cam/new', 'count'], 1);
    expect(watched.available('cam/newer')).toBe(false);
  });

  it('keeps the newest of those only, however many there are', () => {
    for (let i = 0; i <= 3 * MOST_UNKNOWN; i += 1) {
      watched.failed(`cam/new-${i}`, 'SOURCE_REFUSED', AT);
    }
    const names = Object.keys(watched.errors());
    expect(names).toHaveLength(MOST_UNKNOWN);
    expect(names).toContain(`cam/new-${3 * MOST_UNKNOWN}`);
  });

  it('forgets what is no longer wanted', () => {
    for (const path of ['cam/a', 'cam/b']) watched.failed(path, 'SOURCE_REFUSED', AT);
    watched.watch(['cam/a', 'cam/c']);
    expect(Object.keys(watched.errors())).toEqual(['cam/a']);
  });

  it('says of a change only once that it is one', () => {
    expect(watched.stopped('cam/a')).toBe(false);
    expect(watched.available('cam/a')).toBe(true);
    expect(watched.available('cam/a')).toBe(false);
    expect(watched.failed('cam/a', 'SOURCE_PROTOCOL', AT)).toBe('lost');
    expect(watched.stopped('cam/a')).toBe(false);
  });

  it('says that an error is over once the path was available, until it fails again', () => {
    watched.failed('cam/a', 'SOURCE_REFUSED', AT);
    watched.available('cam/a');
    expect(watched.errors()).toHaveProperty(['cam/a', 'isOver'], true);
    watched.allStopped();
    expect(watched.failed('cam/a', 'SOURCE_REFUSED', LATER)).toBe('failed');
    expect(watched.errors()).toHaveProperty(['cam/a', 'isOver'], false);
  });

  it('tells each refused password', () => {
    expect(watched.failed('cam/a', 'SOURCE_AUTH_FAILED', AT)).toBe('failed');
    expect(watched.failed('cam/a', 'SOURCE_AUTH_FAILED', LATER)).toBe('failed');
  });

  it('says of a failure whether it is another one than before', () => {
    const failed = (code: 'SOURCE_REFUSED' | 'SOURCE_TIMEOUT'): string =>
      watched.failed('cam/a', code, AT);
    expect(failed('SOURCE_REFUSED')).toBe('failed');
    expect(failed('SOURCE_REFUSED')).toBe('as before');
    expect(failed('SOURCE_TIMEOUT')).toBe('failed');
    expect(watched.failed('other/stranger', 'SOURCE_REFUSED', AT)).toBe('as before');
  });

  it('takes nothing for available that an earlier MediaMTX has served', () => {
    watched.available('cam/a');
    watched.allStopped();
    expect(watched.available('cam/a')).toBe(true);
  });
});
