import { describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { InMemoryNodeDirectory } from '#test/support/streaming/in-memory-node-directory.js';

import { type ConfiguredNodes } from './configured-nodes.js';
import { RegisterNodes } from './register-nodes.js';

const aNode = (id: string) => ({
  id,
  apiUrl: `http://${id}:9997`,
  playback: { hls: 'http://h', webrtc: 'http://w', rtsp: 'rtsp://r' },
  maxPaths: 1_000,
  hasAgent: false,
});

describe('RegisterNodes', () => {
  it('writes every configured node down when the application starts', async () => {
    const directory = new InMemoryNodeDirectory(new FakeClock());
    const [north, south] = [aNode('north'), aNode('south')];
    const configured: ConfiguredNodes = { descriptions: [north, south], pathPrefix: 'cam' };
    await new RegisterNodes(directory, configured).onModuleInit();
    expect(directory.nodes.get('north')).toEqual(north);
    expect(directory.nodes.get('south')).toEqual(south);
  });
});
