import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decodeInfo, decodePath, decodePathList, isErrorBody } from './media-mtx-answers.js';

const LIVE = {
  name: 'cam/gate-3',
  confName: 'cam/gate-3',
  source: { type: 'rtspSource', id: '' },
  ready: true,
  readyTime: '2026-11-23T10:00:00Z',
  available: true,
  availableTime: '2026-11-23T10:00:00Z',
  online: true,
  bytesReceived: 1_234,
  inboundBytes: 1_234,
  readers: [{ type: 'hlsMuxer', id: '' }],
  invented: { by: 'a later version' },
};

const decode = (path: unknown): ReturnType<typeof decodePath> => decodePath(JSON.stringify(path));

const without = (...fields: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(LIVE).filter(([name]) => !fields.includes(name)));

const listOf = (items: unknown, itemCount: unknown): string =>
  JSON.stringify({ itemCount, pageCount: 1, items });

describe('decodePath', () => {
  it('reads what is needed and ignores the rest', () => {
    expect(decode(LIVE)).toEqual({
      name: 'cam/gate-3',
      confName: 'cam/gate-3',
      available: true,
      availableTime: '2026-11-23T10:00:00Z',
      inboundBytes: 1_234,
      readers: 1,
    });
  });

  it('reads the older names where the newer ones are missing', () => {
    expect(decode(without('available', 'availableTime', 'inboundBytes'))).toMatchObject({
      available: true,
      availableTime: '2026-11-23T10:00:00Z',
      inboundBytes: 1_234,
    });
  });

  it('prefers the newer names where both stand', () => {
    expect(
      decode({ ...LIVE, available: false, availableTime: 'newer', inboundBytes: 9 }),
    ).toMatchObject({ available: false, availableTime: 'newer', inboundBytes: 9 });
  });

  it('does not take a source for live because it is online', () => {
    const dead = { ...LIVE, available: false, availableTime: null, ready: false, readyTime: null };
    expect(decode(dead)).toMatchObject({ available: false, availableTime: null });
  });

  it.each<[string, unknown]>([
    ['it says neither available nor ready', without('available', 'ready')],
    ['it counts no bytes', without('inboundBytes', 'bytesReceived')],
    ['its configuration is not named', without('confName')],
    ['its readers are missing', without('readers')],
    ['it counts backwards', { ...LIVE, inboundBytes: -1 }],
    ['it is a list', [LIVE]],
    ['it is nothing', null],
  ])('answers null when %s', (_, path) => {
    expect(decode(path)).toBeNull();
  });
});

describe('decodePathList', () => {
  it('reads a whole list, an empty one too', () => {
    const paths = decodePathList(listOf([LIVE, { ...LIVE, name: 'lobby' }], 2));
    expect([...(paths ?? [])].map(([name, sample]) => [name, sample.name])).toEqual([
      ['cam/gate-3', 'cam/gate-3'],
      ['lobby', 'lobby'],
    ]);
    expect(decodePathList(listOf([], 0))).toEqual(new Map());
  });

  it.each<[string, string]>([
    ['items are missing', listOf([LIVE], 2)],
    ['there are more than it says', listOf([LIVE], 0)],
    ['one of them cannot be read', listOf([LIVE, { name: 'x' }], 2)],
    ['it has no items', listOf(null, 0)],
    ['it is cut off', listOf([LIVE], 1).slice(0, -5)],
    ['it is a page of a proxy', '<html>Bad Gateway</html>'],
    ['it is empty', ''],
  ])('answers null when %s: a part of the truth would remove the rest', (_, text) => {
    expect(decodePathList(text)).toBeNull();
  });

  it('answers null for every list that was cut off anywhere', () => {
    const whole = listOf([LIVE, { ...LIVE, name: 'lobby' }], 2);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(decodePathList(whole.slice(0, length))).toBeNull();
      }),
    );
  });
});

describe('decodeInfo and isErrorBody', () => {
  it('read what MediaMTX says', () => {
    const info = { version: 'v1.20.1', started: '2026-11-23T07:47:22Z' };
    expect(decodeInfo(JSON.stringify(info))).toEqual(info);
    expect(isErrorBody('{"status":"error","error":"path not found"}')).toBe(true);
    expect(isErrorBody('{"error":"path not found"}')).toBe(true);
  });

  it('do not take somebody else for MediaMTX', () => {
    expect(decodeInfo('{"version":7}')).toBeNull();
    expect(decodeInfo('')).toBeNull();
    expect(isErrorBody('404 page not found')).toBe(false);
    expect(isErrorBody('{"message":"not found"}')).toBe(false);
    expect(isErrorBody('')).toBe(false);
  });
});
