import { expect } from '@jest/globals';
import { eventually } from '#test/support/eventually.js';
import {
  DEAD,
  eventuallyAbsent,
  eventuallyPresent,
  onDemand,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const CHARACTERS = 'can contain only alphanumeric characters, underscore, dot, minus, slash';

const BAD_NAMES: readonly (readonly [sent: string, name: string, reason: string])[] = [
  ['a%20b', 'a b', CHARACTERS],
  ['%C3%A9', 'é', CHARACTERS],
  ['a:b', 'a:b', CHARACTERS],
  ['a~b', 'a~b', CHARACTERS],
  ['a/', 'a/', "can't end with a slash"],
  ['/a', '/a', "can't begin with a slash"],
  ['a/../b', 'a/../b', "can't contain dot path segments"],
  ['a/./b', 'a/./b', "can't contain dot path segments"],
];

const BAD_SOURCES: readonly (readonly [source: string, error: string])[] = [
  ['ftp://x', "invalid source: 'ftp://x'"],
  ['RTSP://x', "invalid source: 'RTSP://x'"],
  ['rtsp://', "'rtsp://' is not a valid URL"],
  ['rtsp:///path', "'rtsp:///path' is not a valid URL"],
  ['rtsp://host:port/', "'rtsp://host:port/' is not a valid URL"],
  ['rtsp://host/%zz', "'rtsp://host/%zz' is not a valid URL"],
  ['rtsp://ho st/', "'rtsp://ho st/' is not a valid URL"],
  ['rtsp://host/a\nb', "'rtsp://host/a\nb' is not a valid URL"],
  ['rtsp://u@h/', 'username and password must be both provided'],
  ['rtsp://:p@h/', 'username and password must be both provided'],
  ['udp://h', "'udp://h' is missing the port"],
];

const GOOD_SOURCES: readonly string[] = [
  'rtsp://h:99999/',
  'rtsp://h/a b',
  'rtsp://u:p%40ss@h/x?y=%zz',
  'rtsps://[::1]:322/x',
  'http://h/live.m3u8',
  'whep://h/x',
  'srt://h:8890?streamid=x',
  'udp://239.0.0.1:1234',
];

onEveryTarget(({ it, itSince, use }) => {
  const target = use();

  for (const [sent, name, reason] of BAD_NAMES) {
    itSince([1, 18], `refuses the name '${name}' and creates nothing`, async () => {
      const { api } = target();
      const before = await api.names();
      const error = `invalid path name '${name}': ${reason}`;
      expect(await api.replace(sent, onDemand(DEAD))).toMatchObject({ status: 400, error });
      expect(await api.names()).toEqual(before);
    });
  }

  it('refuses an empty name in every call', async () => {
    const { api } = target();
    const refusal = { status: 400, error: 'invalid name' };
    expect(await api.add('', {})).toMatchObject(refusal);
    expect(await api.replace('', {})).toMatchObject(refusal);
    expect(await api.patch('', {})).toMatchObject(refusal);
    expect(await api.remove('')).toMatchObject(refusal);
    expect(await api.config('')).toMatchObject(refusal);
    expect(await api.path('')).toMatchObject(refusal);
  });

  it('takes a raw and an encoded slash for the same path', async () => {
    const { api } = target();
    expect((await api.replace('slash%2Fname', onDemand(DEAD))).status).toBe(200);
    await eventuallyPresent(api, 'slash/name');
    expect((await api.path('slash%2Fname')).json['name']).toBe('slash/name');
    expect((await api.add('slash/name', {})).error).toBe('path already exists');
    await api.remove('slash%2Fname');
    await eventuallyAbsent(api, 'slash/name');
  });

  it('ignores the name in a body', async () => {
    const { api } = target();
    expect((await api.add('named/by/url', { name: 'named/by/body' })).status).toBe(200);
    await eventuallyPresent(api, 'named/by/url');
    expect((await api.config('named/by/url')).json['name']).toBe('named/by/url');
    expect((await api.config('named/by/body')).status).toBe(404);
  });

  it('refuses a pattern with a source that is always pulled', async () => {
    const answer = await target().api.replace('~%5Ealways/', pulled(DEAD));
    expect(answer).toMatchObject({
      status: 400,
      error:
        "a path with a regular expression (or path 'all_others') and a static source" +
        " must have 'sourceOnDemand' set to true",
    });
  });

  it('configures a pattern without making a path of it', async () => {
    const { api } = target();
    expect((await api.replace('~%5Epattern/', onDemand(DEAD))).status).toBe(200);
    await eventually(async () => {
      expect((await api.config('~%5Epattern/')).json['name']).toBe('~^pattern/');
    });
    expect(await api.names()).not.toContain('~^pattern/');
    expect((await api.replace('~%5B', onDemand(DEAD))).error).toBe('invalid regular expression: [');
  });

  it('refuses a second catch-all under another name', async () => {
    const { api } = target();
    expect((await api.replace('all_others', {})).status).toBe(200);
    const error = "all_others, all and '~^.*$' are aliases";
    expect(await api.replace('all', {})).toMatchObject({ status: 400, error });
    expect((await api.remove('all_others')).status).toBe(200);
  });

  for (const [source, error] of BAD_SOURCES) {
    itSince([1, 18], `refuses the source ${JSON.stringify(source)}`, async () => {
      const { api } = target();
      expect(await api.replace('bad/source', { source })).toMatchObject({ status: 400, error });
      expect((await api.config('bad/source')).status).toBe(404);
    });
  }

  for (const source of GOOD_SOURCES) {
    it(`accepts the source ${source}, reachable or not`, async () => {
      const { api } = target();
      expect((await api.replace('good/source', onDemand(source))).status).toBe(200);
      await eventually(async () => {
        expect((await api.config('good/source')).json['source']).toBe(source);
      });
    });
  }
});
