import { describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { InMemoryNodeDirectory } from '#test/support/streaming/in-memory-node-directory.js';

import { RegisterNode } from './register-node.js';

describe('RegisterNode', () => {
  it('writes the configured node down when the application starts', async () => {
    const directory = new InMemoryNodeDirectory(new FakeClock());
    const description = {
      id: 'default',
      apiUrl: 'http://127.0.0.1:9997',
      playback: { hls: 'http://h', webrtc: 'http://w', rtsp: 'rtsp://r' },
      maxPaths: 1_000,
    };
    await new RegisterNode(directory, { description }).onModuleInit();
    expect(directory.nodes.get('default')).toEqual(description);
  });
});
