import { type PlaybackBases } from '../camera-path.js';

/** A node as configured; no credential. */
export interface NodeDescription {
  readonly id: string;
  readonly apiUrl: string;
  readonly playback: PlaybackBases;
  readonly maxPaths: number;
}

export abstract class NodeDirectory {
  /** Creates the node or brings it to this description. */
  abstract upsert(node: NodeDescription): Promise<void>;
}
