/** What may be asked of a stream that is active, and why it may be refused. */
import { type SourceUrl } from '../source-url.js';
import { type Transport } from '../stream-status.js';

/** The generations that a caller has seen; null when any will do, none when nothing can match. */
export type ExpectedGenerations = readonly number[] | null;

/** JSON Merge Patch: what is left out stays. */
export interface StreamPatch {
  readonly source?: SourceUrl | undefined;
  readonly onDemand?: boolean | undefined;
  readonly transport?: Transport | undefined;
  /** Null removes all of them; a value of null removes one. */
  readonly labels?: Readonly<Record<string, string | null>> | null | undefined;
}

/** As a caller names them. */
export type PatchedField = 'source' | 'onDemand' | 'transport' | 'labels';

/** What it means for the node: nothing, or that the path is configured anew and viewers are cut. */
export type PatchEffect = 'none' | 'restart';

/** Nothing was written. */
export type RefusedChange =
  | { readonly kind: 'not_found' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'stale'; readonly generation: number };

export type RefusedPatch = RefusedChange | { readonly kind: 'too_many_labels' };

export interface PatchDecision {
  readonly effect: PatchEffect;
  /** Those whose value really differs. */
  readonly changed: readonly PatchedField[];
}
