import { describe, expect, it } from '@jest/globals';

import { requestPath, shownPath } from './request-path.js';

describe('requestPath', () => {
  it.each([
    ['/api/streams', '/api/streams'],
    ['/api/streams?cursor=secret', '/api/streams'],
    ['/api/streams#secret', '/api/streams'],
    ['http://user:secret@proxy.example:80/api/streams?x', '/api/streams'],
    ['http://proxy.example', ''],
    ['//api/streams', '//api/streams'],
    ['*', '*'],
    ['', ''],
  ])('of %s is %s', (url, expected) => {
    expect(requestPath(url)).toBe(expected);
  });
});

describe('shownPath', () => {
  it('is cut where nobody reads on', () => {
    expect(shownPath(`/${'a'.repeat(9_000)}?secret`)).toBe(`/${'a'.repeat(255)}`);
  });
});
