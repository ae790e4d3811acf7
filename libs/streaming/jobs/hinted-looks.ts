/**
 * The looks that hints ask for: at once; once more where it takes two to tell; and never so many that
 * the process does nothing else.
 */
import { SILENCE_CONFIRMED_MS } from '../domain/fold.js';
import { type Poke } from '../domain/ports/node-agent.js';

/** Bytes of a camera have grown by then. Too low: they have not. Too high: RUNNING comes late. */
const GROWTH_MS = 300;
/** The second of the two looks that confirm a silence. */
const SILENCE_MS = SILENCE_CONFIRMED_MS + 100;

type Cause = 'hint' | 'growth' | 'silence';

export class HintedLooks {
  private readonly timers = new Map<Cause, NodeJS.Timeout>();
  private isClosed = false;

  /**
   * @param look begins one
   * @param readyInMs how long a look must wait so that looking does not take all the time
   */
  constructor(
    private readonly look: () => void,
    private readonly readyInMs: () => number,
  ) {}

  hear(pokes: readonly Poke[]): void {
    const kinds = new Set(pokes.map(({ kind }) => kind));
    if (kinds.size === 0 || this.isClosed) {
      return;
    }
    this.lookIn('hint', 0);
    if (kinds.has('available') || kinds.has('restarted')) {
      this.lookIn('growth', GROWTH_MS);
    }
    if (kinds.has('lost') || kinds.has('restarted')) {
      this.lookIn('silence', SILENCE_MS);
    }
  }

  close(): void {
    this.isClosed = true;
    this.timers.forEach((timer) => {
      clearTimeout(timer);
    });
    this.timers.clear();
  }

  /** One that waits already is enough for the first look; a second one counts from the newest hint. */
  private lookIn(cause: Cause, ms: number): void {
    const waiting = this.timers.get(cause);
    if (waiting !== undefined && cause === 'hint') {
      return;
    }
    clearTimeout(waiting);
    const timer = setTimeout(
      () => {
        this.timers.delete(cause);
        this.look();
      },
      Math.max(ms, this.readyInMs()),
    );
    this.timers.set(cause, timer);
  }
}
