import { type Reason } from '#streaming/domain/reason.js';

export interface PathError {
  readonly code: Reason;
  /** When it was last read in the log, ISO 8601. */
  readonly at: string;
  /** How often since the path was last changed or the agent was started. */
  readonly count: number;
}

interface Watched {
  /** Another definition is another source: what was said about the old one is forgotten. */
  readonly definition: string;
  error: PathError | null;
  isAvailable: boolean;
}

/** What the log has said about each wanted path, and about no other: a log must not fill the memory. */
export class WatchedPaths {
  private watched = new Map<string, Watched>();

  /** @param wanted each path with what tells one definition of it from another */
  watch(wanted: ReadonlyMap<string, string>): void {
    const next = new Map<string, Watched>();
    for (const [path, definition] of wanted) {
      const known = this.watched.get(path);
      const isSame = known?.definition === definition;
      next.set(path, isSame ? known : { definition, error: null, isAvailable: false });
    }
    this.watched = next;
  }

  /** @returns whether it was available until now, or fails in another way than before */
  failed(path: string, code: Reason, at: Date): 'lost' | 'failed' | 'as before' {
    const watched = this.watched.get(path);
    if (watched === undefined) return 'as before';
    const { error } = watched;
    watched.error = { code, at: at.toISOString(), count: (error?.count ?? 0) + 1 };
    if (this.stopped(path)) return 'lost';
    return error?.code === code ? 'as before' : 'failed';
  }

  /** @returns whether the path was available until now */
  stopped(path: string): boolean {
    const watched = this.watched.get(path);
    if (watched?.isAvailable !== true) return false;
    watched.isAvailable = false;
    return true;
  }

  /** @returns whether that is news */
  available(path: string): boolean {
    const watched = this.watched.get(path);
    if (watched === undefined || watched.isAvailable) return false;
    watched.isAvailable = true;
    return true;
  }

  /** The child is gone, and with it whatever was available. */
  allStopped(): void {
    for (const watched of this.watched.values()) watched.isAvailable = false;
  }

  errors(): Record<string, PathError> {
    const found: [string, PathError][] = [];
    for (const [path, { error }] of this.watched) if (error !== null) found.push([path, error]);
    return Object.fromEntries(found);
  }
}
