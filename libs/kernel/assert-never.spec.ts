import { describe, expect, it } from '@jest/globals';

import { assertNever } from './assert-never.js';

describe('assertNever', () => {
  it('names the value that no branch expected', () => {
    expect(() => assertNever({ kind: 'new' } as never)).toThrow('{"kind":"new"}');
  });
});
