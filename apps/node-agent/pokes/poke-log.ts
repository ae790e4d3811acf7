/**
 * Hints that something has happened, numbered, of which only the last ones are kept. Who asks for
 * what came after a number that is no longer (or not yet) known here gets one `restarted`: look at
 * everything.
 */
export interface Poke {
  /** `failed`: a source that was not available fails, for the first time or in another way. */
  readonly kind: 'restarted' | 'lost' | 'failed' | 'available';
  readonly path: string | null;
}

export interface Pokes {
  /** To be given as `after` the next time. */
  readonly seq: number;
  readonly pokes: readonly Poke[];
}

export const KEPT_POKES = 1_000;
/** Too low: a hundred cameras that come up at once are a hundred answers. Too high: a late hint. */
const GATHER_MS = 20;

const EVERYTHING: Poke = { kind: 'restarted', path: null };

export class PokeLog {
  private pokes: Poke[] = [];
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  /**
   * @param seq the number before the first poke; a later agent begins with a higher one, so that
   *   nobody takes its pokes for those of an earlier one
   */
  constructor(private seq: number = Date.now()) {}

  get waiters(): number {
    return this.waiting.size;
  }

  push(poke: Poke): void {
    this.seq += 1;
    this.pokes.push(poke);
    // Twice as many, and then half of them at once: moving the whole list for each poke is slow.
    if (this.pokes.length >= 2 * KEPT_POKES) this.pokes = this.pokes.slice(-KEPT_POKES);
    for (const wake of this.waiting) wake();
  }

  /** Where somebody begins who has no number yet. */
  now(): Pokes {
    return { seq: this.seq, pokes: [] };
  }

  since(after: number): Pokes {
    const { seq } = this;
    const missed = seq - after;
    if (missed < 0 || missed > Math.min(this.pokes.length, KEPT_POKES)) {
      return { seq, pokes: [EVERYTHING] };
    }
    return { seq, pokes: missed === 0 ? [] : this.pokes.slice(-missed) };
  }

  /** As soon as there is one, or after `waitMs` with none, or when the caller has gone. */
  async next(after: number, waitMs: number, gone: AbortSignal): Promise<Pokes> {
    if (this.since(after).pokes.length === 0 && !this.isClosed) await this.wait(waitMs, gone);
    return this.since(after);
  }

  /** Answers everybody who waits, and lets nobody wait any more. */
  close(): void {
    this.isClosed = true;
    for (const wake of this.waiting) wake();
  }

  private wait(waitMs: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        gone.removeEventListener('abort', done);
        resolve();
      };
      let timer = setTimeout(done, waitMs);
      const wake = (): void => {
        this.waiting.delete(wake);
        clearTimeout(timer);
        timer = setTimeout(done, this.isClosed ? 0 : GATHER_MS);
      };
      this.waiting.add(wake);
      gone.addEventListener('abort', done, { once: true });
    });
  }
}
