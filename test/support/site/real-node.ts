/** A real MediaMTX whose requests are known: its debug log tells each. */
import { type MediaMtxBinary } from '../mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '../mediamtx/real-media-mtx.js';
import { type JournaledNode, type NodeRequest } from './node-journal.js';

const REQUEST = /\[c->s\] (?<method>[A-Z]+) (?<path>\S+) HTTP/g;

export class RealNode implements JournaledNode {
  private constructor(readonly server: RealMediaMtx) {}

  static async start(binary: MediaMtxBinary): Promise<RealNode> {
    return new RealNode(await RealMediaMtx.start(binary, { settings: { logLevel: 'debug' } }));
  }

  get url(): string {
    return this.server.url;
  }

  get requests(): readonly NodeRequest[] {
    return [...this.server.log.matchAll(REQUEST)].map(({ groups }) => ({
      method: groups?.['method'] ?? '',
      path: groups?.['path'] ?? '',
    }));
  }
}
