import { describe, expect, it } from '@jest/globals';

import { parseIfMatch } from '#platform/http/if-match.js';

import { etagOf, generationsOf } from './etag.js';

describe('the ETag of a stream', () => {
  it.each([1, 7, 999_999_999])('of generation %i comes back as that generation', (generation) => {
    expect(generationsOf(parseIfMatch(etagOf({ generation })))).toEqual([generation]);
  });

  it('is not asked for by a star, nor without a header', () => {
    expect(generationsOf(null)).toBeNull();
  });

  it('matches nothing when it is none of ours', () => {
    const foreign = ['', '0', '03', '-1', '1.0', '1e1', ' 1', 'abc', '1000000000', '٣'];
    expect(generationsOf([...foreign, '3'])).toEqual([3]);
    expect(generationsOf(foreign)).toEqual([]);
  });
});
