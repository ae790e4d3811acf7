import { type NodeDescription } from '../domain/ports/node-directory.js';

/** What this process is configured with; an abstract class, so that it is its own injection token. */
export abstract class ConfiguredNodes {
  abstract readonly descriptions: readonly [NodeDescription, ...NodeDescription[]];
  abstract readonly pathPrefix: string;
}
