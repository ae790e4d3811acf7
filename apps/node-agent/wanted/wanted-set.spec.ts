import { describe, expect, it } from '@jest/globals';

import { judgeSources, wantedSetSchema } from './wanted-set.js';

const BODY = { source: 'rtsp://h/a', sourceOnDemand: false, rtspTransport: 'tcp' };
const schema = wantedSetSchema('cam');
const takes = (paths: unknown, revision: unknown = 'r1'): boolean =>
  schema.safeParse({ revision, paths }).success;

describe('wantedSetSchema', () => {
  it('takes a set of paths, and an empty one', () => {
    expect(takes({ 'cam/a': BODY, 'cam/B_2-c': { ...BODY, rtspTransport: 'udp' } })).toBe(true);
    expect(takes({})).toBe(true);
  });

  it.each(['a', 'other/a', 'cam/', 'cam/a/b', 'cam/../a', 'cam/whep', '~^cam/.*$', 'all_others'])(
    'refuses the name %j',
    (name) => {
      expect(takes({ [name]: BODY })).toBe(false);
    },
  );

  it.each([
    [{ ...BODY, runOnInit: 'rm -rf /' }],
    [{ ...BODY, sourceOnDemand: 'yes' }],
    [{ ...BODY, rtspTransport: 'TCP' }],
    [{ source: 'rtsp://h/' }],
    [{ ...BODY, source: 7 }],
    [{ ...BODY, source: 'x'.repeat(10_000) }],
    [null],
  ])('refuses the body %j', (body) => {
    expect(takes({ 'cam/a': body })).toBe(false);
  });

  it.each([[''], [' '], [7], ['x'.repeat(201)], [undefined]])(
    'refuses the revision %j',
    (given) => {
      expect(schema.safeParse({ revision: given, paths: {} }).success).toBe(false);
    },
  );

  it('refuses fields that it does not know', () => {
    expect(schema.safeParse({ revision: 'r', paths: {}, more: 1 }).success).toBe(false);
  });
});

describe('judgeSources', () => {
  const judge = (source: string) =>
    judgeSources({ 'cam/a': { source, sourceOnDemand: false, rtspTransport: 'tcp' } });

  it('writes a source as a start would send it', () => {
    const { usable } = judge('RTSP://u:p$q@HOST/a');
    expect(usable.get('cam/a')?.source).toBe('rtsp://u:p%24q@host/a');
  });

  it('leaves one that is sent already as it is', () => {
    const source = 'rtsp://u:p%24q@host:554/a?b=%24c';
    expect(judge(source).usable.get('cam/a')?.source).toBe(source);
  });

  it.each(['ftp://h/', 'rtsp://', 'rtsp://u@h/', 'rtsp://h/a b', 'rtsp://h:99999/', 'publisher'])(
    'leaves %j out',
    (source) => {
      const { usable, leftOut } = judge(source);
      expect([usable.size, leftOut.length]).toEqual([0, 1]);
    },
  );
});
