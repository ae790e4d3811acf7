import { describe, expect, it } from '@jest/globals';

import { checksumOf } from './checksums.js';

const SUM = 'a'.repeat(64);

describe('checksumOf', () => {
  it.each([
    ['binary mode', `${SUM} *x.tar.gz`],
    ['text mode', `${SUM}  x.tar.gz`],
    ['a leading folder', `${SUM} *./x.tar.gz`],
    ['upper case and DOS lines', `${'b'.repeat(64)} *y\r\n${SUM.toUpperCase()} *x.tar.gz\r\n`],
  ])('reads %s', (_, list) => {
    expect(checksumOf(list, 'x.tar.gz')).toBe(SUM);
  });

  it('does not take the sum of a file with a similar name', () => {
    expect(checksumOf(`${SUM} *x.tar.gz.sig\n${SUM} *ax.tar.gz`, 'x.tar.gz')).toBeUndefined();
  });

  it('finds nothing in something else', () => {
    expect(checksumOf('<html>Not Found</html>', 'x.tar.gz')).toBeUndefined();
    expect(checksumOf(`${SUM.slice(1)} *x.tar.gz`, 'x.tar.gz')).toBeUndefined();
  });
});
