/** What MediaMTX says about one path at one instant. */
export interface PathSample {
  readonly name: string;
  /** The configuration that serves it; differs from `name` when a catch-all path took it. */
  readonly confName: string;
  readonly available: boolean;
  /** Identifies one connection to the source; counters restart with each. */
  readonly availableTime: string | null;
  /** Since `availableTime`. */
  readonly inboundBytes: number;
  readonly readers: number;
}

/** Not an error: nothing was learnt, so nothing may change. `cause` is safe to log. */
export interface Inconclusive {
  readonly kind: 'inconclusive';
  readonly cause: string;
}

/** One listing of a node. */
export type Look =
  { readonly kind: 'complete'; readonly paths: ReadonlyMap<string, PathSample> } | Inconclusive;

/** A look at one path; `sample` is null when the node does not know it. */
export type PathLook =
  { readonly kind: 'complete'; readonly sample: PathSample | null } | Inconclusive;

/** A catch-all path that serves our name is not our path. */
export function ownSample(sample: PathSample | null | undefined): PathSample | null {
  return sample?.confName === sample?.name ? (sample ?? null) : null;
}
