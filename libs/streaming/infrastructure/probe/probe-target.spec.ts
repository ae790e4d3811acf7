import { describe, expect, it } from '@jest/globals';

import { parseSourceUrl } from '../../domain/source-url.js';
import { type ProbeTarget, redirected, targetOf } from './probe-target.js';

function target(url: string): ProbeTarget {
  const parsed = parseSourceUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return targetOf(parsed.source);
}

describe('where a source is', () => {
  it('is told by its URL, without what is secret of it', () => {
    expect(target('rtsp://us%3Aer:p%40ss@cam.example:8554/live/1?channel=2')).toEqual({
      scheme: 'rtsp',
      host: 'cam.example',
      port: 8554,
      isTls: false,
      url: 'rtsp://cam.example:8554/live/1?channel=2',
      credentials: { user: 'us:er', password: 'p@ss' },
    });
  });

  it.each([
    ['rtsp://cam/', 554, false],
    ['rtsps://cam/', 322, true],
    ['rtmp://cam/a/b', 1935, false],
    ['rtmps://cam/a/b', 443, true],
    ['http://cam/', 80, false],
    ['https://cam/', 443, true],
    ['whep://cam/', 80, false],
    ['wheps://cam/', 443, true],
  ])('%s: port %i', (url, port, isTls) => {
    expect(target(url)).toMatchObject({ port, isTls, credentials: null });
  });

  it('may be an IPv6 address', () => {
    expect(target('rtsp://[fe80::1]/a')).toMatchObject({ host: 'fe80::1', port: 554 });
    expect(target('rtsp://[fe80::1]:8554/a')).toMatchObject({ host: 'fe80::1', port: 8554 });
  });

  it('takes a password whose bytes are no text as it stands', () => {
    expect(target('rtsp://a:%ff@cam/').credentials).toEqual({ user: 'a', password: '%ff' });
  });
});

describe('a redirect', () => {
  const from = target('rtsp://user:pass@cam:554/one');

  it('to the same camera takes the credentials along, to another one it does not', () => {
    expect(redirected(from, 'rtsp://cam:554/two')).toMatchObject({
      url: 'rtsp://cam:554/two',
      credentials: from.credentials,
    });
    expect(redirected(from, 'rtsp://other/two').credentials).toBeNull();
    expect(redirected(from, 'rtsp://a:b@other/two').credentials).toEqual({
      user: 'a',
      password: 'b',
    });
  });

  it.each([undefined, '', '/two', 'http://cam/', 'rtsp://'])('to %j leads nowhere', (location) => {
    expect(() => redirected(from, location)).toThrow('SOURCE_PROTOCOL');
  });
});
