import { isUnderPrefix } from '#streaming/domain/camera-path.js';
import { Reason } from '#streaming/domain/reason.js';

export interface PathError {
  readonly code: Reason;
  /** When it was last read in the log, ISO 8601. */
  readonly at: string;
  /** How often since the path was first wanted, or the agent was started. */
  readonly count: number;
  /** How long ago, by a clock that nobody sets. */
  readonly ageMs: number;
  /** The path was available after it. */
  readonly isOver: boolean;
}

interface Failure {
  readonly code: Reason;
  readonly at: Date;
  readonly atMs: number;
  readonly count: number;
}

interface Watched {
  failure: Failure | null;
  isOver: boolean;
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
  constructor(
    private readonly prefix: string,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** What was said of a path that is wanted by now stays: it is newer than the wish, or Vigia can tell. */
  watch(paths: Iterable<string>): void {
    const next = new Map<string, Watched>();
    for (const path of paths) {
      next.set(path, this.known(path) ?? nothingSaid());
      this.unknown.delete(path);
    }
    this.wanted = next;
  }

  /**
   * @returns whether it was available until now, or fails in another way than before. Each refused
   *   password is told: the camera counts them.
   */
  failed(path: string, code: Reason, at: Date): 'lost' | 'failed' | 'as before' {
    const watched = this.of(path);
    if (watched === null) return 'as before';
    const isNews = isNewsOf(watched, code);
    const count = (watched.failure?.count ?? 0) + 1;
    watched.failure = { code, at, atMs: this.nowMs(), count };
    watched.isOver = false;
    if (this.stopped(path)) return 'lost';
    return isNews ? 'failed' : 'as before';
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
    watched.isOver = true;
    return true;
  }

  /** The child is gone, and with it whatever was available. */
  allStopped(): void {
    for (const watched of this.all()) watched[1].isAvailable = false;
  }

  errors(): Record<string, PathError> {
    const nowMs = this.nowMs();
    const found: [string, PathError][] = [];
    for (const [path, { failure, isOver }] of this.all()) {
      if (failure === null) continue;
      const { code, at, atMs, count } = failure;
      const ageMs = Math.round(nowMs - atMs);
      found.push([path, { code, at: at.toISOString(), count, ageMs, isOver }]);
    }
    return Object.fromEntries(found);
  }

  private known(path: string): Watched | undefined {
    return this.wanted.get(path) ?? this.unknown.get(path);
  }

  private of(path: string): Watched | null {
    const known = this.known(path);
    if (known !== undefined || !isUnderPrefix(this.prefix, path)) return known ?? null;
    const watched = nothingSaid();
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

function nothingSaid(): Watched {
  return { failure: null, isOver: false, isAvailable: false };
}

function isNewsOf({ failure, isOver }: Watched, code: Reason): boolean {
  return failure?.code !== code || isOver || code === Reason.sourceAuthFailed;
}
