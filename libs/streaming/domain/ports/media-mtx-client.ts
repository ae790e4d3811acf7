import { type Transport } from '../stream-status.js';
import { type Inconclusive, type Look, type PathLook } from '../look.js';
import { type NodeFacts } from '../node-hazards.js';
import { type SourceUrl } from '../source-url.js';

/** What a path should be on the node. The adapter builds the body from these fields and no others. */
export interface PathSpec {
  readonly source: SourceUrl;
  readonly onDemand: boolean;
  readonly transport: Transport;
}

/** Accepted means validated and queued by MediaMTX, not applied: only a look proves that. */
export type WriteOutcome =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'rejected';
      /** Safe to log: never MediaMTX's own text, which echoes sources. */
      readonly cause: string;
    }
  | {
      /** No answer, or one that says nothing about the body. The write may still be applied. */
      readonly kind: 'unknown';
      readonly cause: string;
    };

export interface NodeInfo {
  readonly version: string;
  /** When the process started; another value is another process. */
  readonly started: string;
}

/** Paths whose configuration differs from what we send, with the names of the fields, never values. */
export type ConfigAudit =
  | { readonly kind: 'complete'; readonly drifted: ReadonlyMap<string, readonly string[]> }
  | Inconclusive;

/**
 * One MediaMTX node. Every call has a deadline, can be aborted, and answers data: what could not be
 * learnt is `inconclusive` or `unknown`, never an exception.
 */
export abstract class MediaMtxClient {
  abstract look(signal?: AbortSignal): Promise<Look>;
  abstract lookAt(path: string, signal?: AbortSignal): Promise<PathLook>;
  /** Creates or overwrites; an identical one leaves the running path alone. */
  abstract replace(path: string, spec: PathSpec, signal?: AbortSignal): Promise<WriteOutcome>;
  /** Removing what is not there is accepted. */
  abstract remove(path: string, signal?: AbortSignal): Promise<WriteOutcome>;
  /**
   * Compares what is configured with what we would send. Only these fields, normalised as MediaMTX
   * does; a path that is not configured at all is no drift. Its answer holds credentials and stays
   * in the adapter.
   */
  abstract auditConfig(
    wanted: ReadonlyMap<string, PathSpec>,
    signal?: AbortSignal,
  ): Promise<ConfigAudit>;
  /**
   * What the node is and how it is configured; null when it did not say all of it.
   * @param ownPath a name of ours that is not configured: a path that would answer for it is a catch-all
   */
  abstract inspect(ownPath: string, signal?: AbortSignal): Promise<NodeFacts | null>;
  /** Null when the node did not say. */
  abstract info(signal?: AbortSignal): Promise<NodeInfo | null>;
}
