import { describe, expect, it } from '@jest/globals';

import { isSupported } from './media-mtx-version.js';

describe('isSupported', () => {
  it.each(['v1.16.0', 'v1.20.1', '1.16.3', 'v1.21.0-rc1', 'v2.0.0'])('takes %s', (version) => {
    expect(isSupported(version)).toBe(true);
  });

  it.each(['v1.15.4', 'v0.23.8', 'v1.9.3'])('refuses %s', (version) => {
    expect(isSupported(version)).toBe(false);
  });
});
