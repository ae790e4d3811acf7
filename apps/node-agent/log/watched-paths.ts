import { isUnderPrefix } from '#streaming/domain/camera-path.js';
import { type Reason } from '#streaming/domain/reason.js';

export interface PathError {
  readonly code: Reason;
  /** When it was last read in the log, ISO 8601. */
  readonly at: string;
  /** How often since the path was first wanted, or the agent was started. */
  readonly count: number;
}

interface Watched {
  error: PathError | null;
  isAvailable: boolean;
}

/**
 * Paths that Vigia has just told MediaMTX of, and not us yet. Too low: the first failures of many
 * starts at once are lost. Too high: a log can fill the memory.
 */
export const MOST_UNKNOWN = 1_000;

/** What the log has said about each path of Vigia's. */
export class WatchedPaths {
  private wanted = new Map<string, Watched>();
  /** Oldest first. */
  private readonly unknown = new Map<string, Watched>();

  /** @param prefix that of Vigia's paths; what is said of others is nothing to us */
  constructor(private readonly prefix: string) {}

  /** What was said of a path that is wanted by now stays: it is newer than the wish, or Vigia can tell. */
  watch(paths: Iterable<string>): void {
    const next = new Map<string, Watched>();
    for (const path of paths) {
      next.set(path, this.known(path) ?? { error: null, isAvailable: false });
      this.unknown.delete(path);
    }
    this.wanted = next;
  }

  /** @returns whether it was available until now, or fails in another way than before */
  failed(path: string, code: Reason, at: Date): 'lost' | 'failed' | 'as before' {
    const watched = this.of(path);
    if (watched === null) return 'as before';
    const { error } = watched;
    watched.error = { code, at: at.toISOString(), count: (error?.count ?? 0) + 1 };
    if (this.stopped(path)) return 'lost';
    return error?.code === code ? 'as before' : 'failed';
  }

  /** @returns whether the path was available until now */
  stopped(path: string): boolean {
    const watched = this.known(path);
    if (watched?.isAvailable !== true) return false;
    watched.isAvailable = false;
    return true;
  }

  /** @returns whether that is news */
  available(path: string): boolean {
    const watched = this.of(path);
    if (watched === null || watched.isAvailable) return false;
    watched.isAvailable = true;
    return true;
  }

  /** The child is gone, and with it whatever was available. */
  allStopped(): void {
    for (const watched of this.all()) watched[1].isAvailable = false;
  }

  errors(): Record<string, PathError> {
    const found: [string, PathError][] = [];
    for (const [path, { error }] of this.all()) if (error !== null) found.push([path, error]);
    return Object.fromEntries(found);
  }

  private known(path: string): Watched | undefined {
    return this.wanted.get(path) ?? this.unknown.get(path);
  }

  private of(path: string): Watched | null {
    const known = this.known(path);
    if (known !== undefined || !isUnderPrefix(this.prefix, path)) return known ?? null;
    const watched = { error: null, isAvailable: false };
    this.unknown.set(path, watched);
    const [oldest] = this.unknown.keys();
    if (this.unknown.size > MOST_UNKNOWN && oldest !== undefined) this.unknown.delete(oldest);
    return watched;
  }

  private *all(): Iterable<[string, Watched]> {
    yield* this.wanted;
    yield* this.unknown;
  }
}
