import { describe, expect, it } from '@jest/globals';

import { HAZARDS, type NodeFacts, hazardsOf } from './node-hazards.js';

const GOOD: NodeFacts = {
  version: 'v1.20.1',
  started: '2026-01-01T00:00:00Z',
  hasUdpReadBufferSize: false,
  hasCatchAllPath: false,
  hasRecordCleaner: false,
};

describe('hazardsOf', () => {
  it('finds nothing wrong with a node as we recommend it', () => {
    expect(hazardsOf(GOOD)).toEqual([]);
  });

  it.each(['v1.16.0', '1.16.3', 'v1.20.1-rc1', 'v2.0.0', 'v2.3', 'a build of our own'])(
    'takes version %s',
    (version) => {
      expect(hazardsOf({ ...GOOD, version })).toEqual([]);
    },
  );

  it.each(['v1.15.9', '1.9.3', 'v0.23.8', null])('names version %s as too old', (version) => {
    expect(hazardsOf({ ...GOOD, version })).toEqual(['NODE_VERSION_UNSUPPORTED']);
  });

  it('names every hazard, each with a sentence that says what to do', () => {
    const all = hazardsOf({
      ...GOOD,
      version: 'v1.0.0',
      hasUdpReadBufferSize: true,
      hasCatchAllPath: true,
      hasRecordCleaner: true,
    });
    expect(all).toHaveLength(4);
    all.forEach((code) => {
      expect(HAZARDS[code]).toMatch(/; (use|remove|set) /);
    });
  });
});
