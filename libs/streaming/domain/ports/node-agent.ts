import { type Inconclusive } from '../look.js';
import { type PathSpec } from './media-mtx-client.js';

/** What the node's agent says about its MediaMTX. */
export interface AgentReport {
  readonly kind: 'complete';
  /** Of the MediaMTX that runs now; null while none does. Another value is another process. */
  readonly childStartedAt: string | null;
  /** Of the newest set that it was given; null when it has none. */
  readonly wantedRevision: string | null;
  /** Paths that MediaMTX would refuse, and which are therefore in none of its files. */
  readonly leftOut: readonly string[];
  /** Why a source failed when MediaMTX tried it last, by path; also of one that has recovered. */
  readonly faults: ReadonlyMap<string, ReportedFault>;
}

export interface ReportedFault {
  readonly code: string;
  /** How long ago, when the report was written. */
  readonly ageMs: number;
  /** The source was available after it. */
  readonly isOver: boolean;
  /** Another one with each failure. */
  readonly mark: string;
}

/** Everything that a node should run under a prefix, as its next MediaMTX is to find it. */
export interface WantedPaths {
  readonly prefix: string;
  readonly revision: string;
  readonly paths: ReadonlyMap<string, PathSpec>;
}

/** A hint that something has happened; what it is, a look tells. */
export interface Poke {
  readonly kind: string;
  readonly path: string | null;
}

export interface Pokes {
  readonly kind: 'complete';
  /** To be given the next time. */
  readonly seq: number;
  readonly pokes: readonly Poke[];
}

/**
 * The agent that runs a node's MediaMTX. A node may have none: then `isPresent` is false and nobody
 * may call the rest. Every call has a deadline and answers data, never an exception.
 */
export abstract class NodeAgent {
  abstract readonly isPresent: boolean;
  abstract report(signal?: AbortSignal): Promise<AgentReport | Inconclusive>;
  /** Replaces what it had; on its disk when accepted. */
  abstract put(
    wanted: WantedPaths,
    signal?: AbortSignal,
  ): Promise<{ readonly kind: 'accepted' } | Inconclusive>;
  /**
   * Waits until there is one, or for some time with none.
   * @param after the number of the last answer; null to begin with, which is answered at once
   */
  abstract pokes(after: number | null, signal?: AbortSignal): Promise<Pokes | Inconclusive>;
}
