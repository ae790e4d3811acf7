import { describe, expect, it } from '@jest/globals';

import {
  MAX_SOURCE_LENGTH,
  SOURCE_SCHEMES,
  type SourceUrl,
  fullSourceUrl,
  parseSourceUrl,
  redactedSourceUrl,
} from './source-url.js';

function parsed(raw: string): SourceUrl {
  const result = parseSourceUrl(raw);
  if (!result.ok) {
    throw new Error(result.problem);
  }
  return result.source;
}

function problemOf(raw: string): string | null {
  const result = parseSourceUrl(raw);
  return result.ok ? null : result.problem;
}

describe('parseSourceUrl', () => {
  it('keeps user information and query apart from the rest', () => {
    expect(parsed('rtsp://admin:pa%40ss@192.168.1.20:554/Streaming/1?key=abc&x=1')).toEqual({
      url: 'rtsp://192.168.1.20:554/Streaming/1',
      secret: { userInfo: 'admin:pa%40ss', query: 'key=abc&x=1' },
    });
  });

  it.each(SOURCE_SCHEMES)('takes %s', (scheme) => {
    expect(parsed(`${scheme}://camera.example/a`).url).toBe(`${scheme}://camera.example/a`);
  });

  it.each<[string, string]>([
    ['RTSP://Camera.Example/A', 'rtsp://camera.example/A'],
    ['rtsp://camera.example', 'rtsp://camera.example'],
    ['rtsp://camera.example:00554/a', 'rtsp://camera.example:554/a'],
    ['rtsp://[FE80::1]:554/a', 'rtsp://[fe80::1]:554/a'],
    ['rtsp://10.0.0.1:1/a', 'rtsp://10.0.0.1:1/a'],
    ['rtsp://10.0.0.1:65535/a', 'rtsp://10.0.0.1:65535/a'],
    ['rtsp://camera.example./a', 'rtsp://camera.example./a'],
    ['rtsp://camera_1/a', 'rtsp://camera_1/a'],
  ])('writes %s as %s', (raw, url) => {
    expect(parsed(raw).url).toBe(url);
  });

  it('refuses a raw slash in a password, whose rest would be shown as a path', () => {
    expect(problemOf('rtsp://admin:12/34@10.0.0.1/x')).toContain('%2F');
    expect(parsed('rtsp://admin:12%2F34@10.0.0.1/x').url).toBe('rtsp://10.0.0.1/x');
  });

  it.each(['%0d%0a', '%00', '%1F', '%7f'])('refuses the encoded control character %s', (code) => {
    expect(problemOf(`rtsp://user:a${code}@h/`)).toContain('control characters');
    expect(problemOf(`rtsp://h/${code}`)).toContain('control characters');
  });

  it('tells an empty query from none', () => {
    expect(parsed('rtsp://h/a?').secret.query).toBe('');
    expect(parsed('rtsp://h/a').secret.query).toBeNull();
    expect(parsed('rtsp://h?a=1')).toEqual({
      url: 'rtsp://h',
      secret: { userInfo: null, query: 'a=1' },
    });
  });

  it.each([
    'ftp://h/a',
    'file:///etc/passwd',
    'rpiCamera',
    'publisher',
    'redirect',
    'unix+rtsp://h/a',
    'udp://h:1234',
  ])('refuses %s, which is no scheme of a camera', (raw) => {
    expect(problemOf(raw)).not.toBeNull();
  });

  it.each([
    'rtsp://',
    'rtsp:///a',
    'rtsp://:554/a',
    'rtsp://h:/a',
    'rtsp://h:0/a',
    'rtsp://h:65536/a',
    'rtsp://h:99999/a',
    'rtsp://h:554:554/a',
    'rtsp://[::1/a',
    'rtsp://[::g]/a',
    'rtsp://[fe80::1%25eth0]/a',
    'rtsp://-h/a',
    'rtsp://h..example/a',
    `rtsp://${'a'.repeat(64)}/a`,
    'rtsp://%31%32%37.0.0.1/a',
  ])('refuses %s, which names no host and port', (raw) => {
    expect(problemOf(raw)).toMatch(/host|port/);
  });

  it.each([
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '256.1.1.1',
    '1.2.3.4.5',
    '08.8.8.8',
    'a.0x7f',
  ])('refuses the host %s, an address in disguise', (host) => {
    expect(problemOf(`rtsp://${host}/a`)).toContain('host');
  });

  it.each(['user@h', 'user:@h', ':pass@h', '@h', ':@h', 'a:b@c:d@h', 'us er:x@h'])(
    'refuses the user information in %s: both or neither, encoded',
    (authority) => {
      expect(problemOf(`rtsp://${authority}/a`)).not.toBeNull();
    },
  );

  it.each([
    'rtsp://h/a\r\nb',
    'rtsp://h/\0',
    'rtsp://h/\x7f',
    'rtsp://h/\t',
    ' rtsp://h/',
    'rtsp://h/a b',
    'rtsp://h/ü',
    'rtsp://h/a#b',
    'rtsp://h\\@evil/a',
    'rtsp://h/{a}',
    'rtsp://h/%',
    'rtsp://h/%zz',
  ])('refuses the characters in %j', (raw) => {
    expect(problemOf(raw)).not.toBeNull();
  });

  it('takes 2048 characters and no more', () => {
    const longest = `rtsp://h/${'a'.repeat(MAX_SOURCE_LENGTH - 9)}`;
    expect(problemOf(longest)).toBeNull();
    expect(problemOf(`${longest}a`)).toContain('2048');
  });
});

describe('fullSourceUrl', () => {
  it('puts the parts together again', () => {
    const raw = 'rtsp://admin:pa%40ss@192.168.1.20:554/Streaming/1?key=abc';
    expect(fullSourceUrl(parsed(raw))).toBe(raw);
  });

  it('writes every $ as %24, since MediaMTX would expand it as a variable', () => {
    expect(fullSourceUrl(parsed('rtsp://u$1:p$2@h/$MTX_PATH?$=$'))).toBe(
      'rtsp://u%241:p%242@h/%24MTX_PATH?%24=%24',
    );
  });
});

describe('redactedSourceUrl', () => {
  it('says that there is a secret, never which', () => {
    const { url } = parsed('rtsp://admin:secret@h:554/a?key=secret');
    expect(redactedSourceUrl(url, { userInfo: true, query: true })).toBe(
      'rtsp://***:***@h:554/a?***',
    );
    expect(redactedSourceUrl(url, { userInfo: false, query: false })).toBe('rtsp://h:554/a');
  });
});

describe('redactedSourceUrl, for secrets in the path', () => {
  const shown = (url: string): string => redactedSourceUrl(url, { userInfo: false, query: false });

  it.each([
    ['rtsp://10.0.0.5:554/user=admin_password=secret_channel=1.sdp', 'rtsp://10.0.0.5:554/***'],
    ['rtsp://10.0.0.5/cam/Pwd=secret/1', 'rtsp://10.0.0.5/***'],
    ['rtmp://host/app/key', 'rtmp://host/app/***'],
    ['rtmps://host:443/live/a/b', 'rtmps://host:443/live/***'],
    ['rtmp://host/app', 'rtmp://host/app'],
    ['rtsp://host', 'rtsp://host'],
    ['rtsp://host/users/1', 'rtsp://host/users/1'],
  ])('shows %s as %s', (url, masked) => {
    expect(shown(url)).toBe(masked);
  });
});
