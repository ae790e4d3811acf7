import { describe, expect, it } from '@jest/globals';

import { type StreamHealth, type StreamStatus, healthOf } from './stream-status.js';

describe('healthOf', () => {
  it.each<[StreamStatus, StreamHealth]>([
    ['RUNNING', 'HEALTHY'],
    ['STARTING', 'DEGRADED'],
    ['ERROR', 'DEGRADED'],
    ['STOPPED', 'STOPPED'],
  ])('calls %s %s while its node is looked at', (status, health) => {
    expect(healthOf(status, 15_000)).toBe(health);
  });

  it.each<StreamStatus>(['RUNNING', 'STARTING', 'ERROR'])(
    'calls %s UNKNOWN when its node was not looked at for more than 15 s, or never',
    (status) => {
      expect(healthOf(status, 15_001)).toBe('UNKNOWN');
      expect(healthOf(status, null)).toBe('UNKNOWN');
    },
  );

  it('calls a stopped stream stopped, whatever is known of its node', () => {
    expect(healthOf('STOPPED', null)).toBe('STOPPED');
  });
});
