import { describe, expect, it } from '@jest/globals';

import { shownPath } from './shown-path.js';

describe('shownPath', () => {
  it('is short below the current folder, and whole elsewhere', () => {
    expect(shownPath('/a/b/c', '/a')).toBe('b/c');
    expect(shownPath('/a', '/a')).toBe('.');
    expect(shownPath('/x/y', '/a')).toBe('/x/y');
  });
});
