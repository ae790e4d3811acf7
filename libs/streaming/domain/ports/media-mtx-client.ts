import { type Transport } from '../stream-status.js';
import { type Look, type PathLook } from '../look.js';
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
}

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
  /** Version of the node; null when it did not say. */
  abstract info(signal?: AbortSignal): Promise<NodeInfo | null>;
}
