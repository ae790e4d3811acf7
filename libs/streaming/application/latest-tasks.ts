/**
 * Work that goes on behind an answer, by key: of each key only the newest counts, which ends the one
 * before it, and all of it ends with the process.
 */
interface Task<A> {
  readonly about: A;
  readonly done: Promise<void>;
  readonly stopping: AbortController;
}

export interface Running {
  /** Aborts when a newer task of its key begins, or the process ends. */
  readonly signal: AbortSignal;
  /** Of the task that this one has ended; undefined when there was none. */
  readonly before: Promise<void> | undefined;
}

export class LatestTasks<A = undefined> {
  private readonly tasks = new Map<string, Task<A>>();
  private hasEnded = false;

  get isClosed(): boolean {
    return this.hasEnded;
  }

  get size(): number {
    return this.tasks.size;
  }

  has(key: string): boolean {
    return this.tasks.has(key);
  }

  /** What the task under way is about; undefined when there is none. */
  about(key: string): A | undefined {
    return this.tasks.get(key)?.about;
  }

  /** @param run must not reject */
  start(key: string, about: A, run: (running: Running) => Promise<void>): void {
    const before = this.tasks.get(key);
    before?.stopping.abort();
    // One each: a signal that all shared would have more listeners than the runtime finds healthy.
    const stopping = new AbortController();
    const done = run({ signal: stopping.signal, before: before?.done }).finally(() => {
      if (this.tasks.get(key)?.stopping === stopping) {
        this.tasks.delete(key);
      }
    });
    this.tasks.set(key, { about, done, stopping });
  }

  /** Begins to end everything; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.hasEnded = true;
    const all = [...this.tasks.values()];
    all.forEach(({ stopping }) => {
      stopping.abort();
    });
    await Promise.all(all.map(({ done }) => done));
  }
}
