import { describe, expect, it } from '@jest/globals';

import { type NodeDescription, NodeDirectory } from '../domain/ports/node-directory.js';
import { RegisterNode } from './register-node.js';

class Directory extends NodeDirectory {
  readonly nodes = new Map<string, NodeDescription>();

  override async upsert(node: NodeDescription): Promise<void> {
    this.nodes.set(node.id, node);
  }
}

describe('RegisterNode', () => {
  it('writes the configured node down when the application starts', async () => {
    const directory = new Directory();
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
