import { describe, expect, it } from '@jest/globals';

import { pathBody } from './path-body.js';

const SPEC = {
  source: {
    url: 'rtsp://192.168.1.20:554/stream1',
    secret: { userInfo: 'admin:pa$s', query: 'key=1' },
  },
  onDemand: true,
  transport: 'udp' as const,
};

describe('pathBody', () => {
  it('holds the whole source, and nothing that MediaMTX would expand', () => {
    expect(pathBody(SPEC)).toEqual({
      source: 'rtsp://admin:pa%24s@192.168.1.20:554/stream1?key=1',
      sourceOnDemand: true,
      rtspTransport: 'udp',
    });
  });

  it('passes on nothing that it does not know: the node could be told to run commands', () => {
    const hostile = { ...SPEC, runOnReady: 'rm -rf /', record: true };
    expect(Object.keys(pathBody(hostile)).sort()).toEqual([
      'rtspTransport',
      'source',
      'sourceOnDemand',
    ]);
  });
});
