import { type PlaybackBases } from '../camera-path.js';

/** A node as configured; no credential. */
export interface NodeDescription {
  readonly id: string;
  readonly apiUrl: string;
  readonly playback: PlaybackBases;
  /** How many paths it may be given; null: without a limit. */
  readonly maxPaths: number | null;
  readonly hasAgent: boolean;
}

/** A node with what is placed there. */
export interface ListedNode extends Omit<NodeDescription, 'apiUrl'> {
  /** Active, or still to be removed. */
  readonly streams: number;
  readonly active: number;
}

export abstract class NodeDirectory {
  /** Creates the node or brings it to this description. */
  abstract upsert(node: NodeDescription): Promise<void>;
  /** All that ever were configured, by id. */
  abstract list(): Promise<ListedNode[]>;
  /**
   * An operator's word that the database is right: for `ms`, paths of the node that it does not know
   * may be removed, however many they are. @returns false when there is no such node
   */
  abstract adopt(nodeId: string, ms: number): Promise<boolean>;
  /** Whether that word stands now. */
  abstract isAdopted(nodeId: string): Promise<boolean>;
}
