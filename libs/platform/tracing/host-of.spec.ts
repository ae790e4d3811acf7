import { describe, expect, it } from '@jest/globals';

import { hostOf } from './host-of.js';

describe('hostOf', () => {
  it.each([
    ['http:', 'node', '', 'node:80'],
    ['https:', 'node', '', 'node:443'],
    ['http:', 'node', '9997', 'node:9997'],
    ['http:', '[::1]', '9997', '::1:9997'],
    ['http:', '::1', '9997', '::1:9997'],
  ])('spells %s %s %s as %s', (protocol, host, port, spelled) => {
    expect(hostOf(protocol, host, port)).toBe(spelled);
  });
});
