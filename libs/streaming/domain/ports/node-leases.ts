/** Proof of holding a node's lease; what it wrote down is void once a newer epoch exists. */
export interface Fence {
  readonly nodeId: string;
  readonly owner: string;
  readonly epoch: string;
}

/** Nothing is wrong with the agent of a node that has none. */
export interface AgentConditions {
  /** Why its agent said nothing last; null: it did. */
  readonly agentCause: string | null;
  /** Paths that its MediaMTX would refuse, and does not boot with. */
  readonly leftOutPaths: number;
  /** Why MediaMTX would boot with something else than what is wanted; null: it would not. */
  readonly bootFileCause: string | null;
}

/** What the holder knows of its node, kept beside the lease so that every replica can tell. */
export interface NodeConditions extends AgentConditions {
  readonly isReachable: boolean;
  /** Why the last look said nothing; null when reachable. */
  readonly cause: string | null;
  /** Why the last write was not answered although the node may be looked at; null: it was. */
  readonly writeCause: string | null;
  readonly version: string | null;
  /** Codes of what in the node's configuration works against us. */
  readonly hazards: readonly string[];
  readonly isPoisoned: boolean;
  /** Paths without any stream that are kept, since there are many of them; 0: none waits. */
  readonly unknownPaths: number;
}

/** A node as every replica can read it. */
export interface NodeReport {
  readonly nodeId: string;
  readonly owner: string | null;
  readonly isLeased: boolean;
  /** Proves nothing by itself; for people who compare. */
  readonly epoch: string | null;
  readonly expiresAt: Date | null;
  readonly lookedAt: Date | null;
  readonly lookAgeMs: number | null;
  readonly conditions: NodeConditions | null;
}

/**
 * One holder per node at a time, by a row with an epoch and an expiry that only the database
 * compares: an advisory lock would stay with a frozen holder for ever, and behind a transaction
 * pooler two replicas would both get it.
 */
export abstract class NodeLeases {
  /**
   * Takes or renews the lease; null while another owner holds it.
   * @param lastLookAgeMs how long ago this holder last looked successfully; null: not yet, or too few
   */
  abstract hold(nodeId: string, lastLookAgeMs: number | null): Promise<Fence | null>;
  /** Lets the lease expire at once, so that another replica need not wait. */
  abstract release(fence: Fence): Promise<void>;
  abstract saveConditions(fence: Fence, conditions: NodeConditions): Promise<void>;
  /** What the holders wrote down, for any replica to tell. */
  abstract report(): Promise<NodeReport[]>;
}
