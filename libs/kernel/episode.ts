/**
 * A fault from its beginning to its end, as one pair of log lines: however often it is met
 * meanwhile, it is said once, and its end once, with how long it took.
 */
import { type Clock } from './clock.js';

type Facts = Readonly<Record<string, unknown>>;

/** What is needed of a logger; `log` is for information. */
export interface EpisodeLog {
  log(line: Facts, sentence: string): void;
  warn(line: Facts, sentence: string): void;
  error(line: Facts, sentence: string): void;
}

export interface EpisodeWords {
  readonly begins: string;
  readonly ends: string;
  /** Of the beginning. By default it is a fault that heals by itself: a warning. */
  readonly level?: 'warn' | 'error';
  /** Said at the beginning and at the end: what the fault is about. */
  readonly facts?: Facts;
}

const ONLY = '';

export class Episode {
  private readonly causes = new Set<string>();
  private sinceMs = 0;
  private metAtMs = 0;

  constructor(
    private readonly logger: EpisodeLog,
    private readonly clock: Clock,
    private readonly words: EpisodeWords,
  ) {}

  get isOpen(): boolean {
    return this.causes.size > 0;
  }

  /** @param cause of several that may last at once; the episode ends with the last of them */
  begin(facts: Facts = {}, cause = ONLY): void {
    const isNew = !this.isOpen;
    this.causes.add(cause);
    this.metAtMs = this.clock.monotonicMs();
    if (isNew) {
      this.sinceMs = this.clock.monotonicMs();
      const { level = 'warn', begins } = this.words;
      this.logger[level]({ ...this.words.facts, ...facts }, begins);
    }
  }

  /**
   * @param facts of the end; an `outageMs` among them counts
   * @returns whether this was its end
   */
  end(cause = ONLY, facts: Facts = {}): boolean {
    const isEnd = this.causes.delete(cause) && !this.isOpen;
    if (isEnd) {
      this.say(facts, this.words.ends);
    }
    return isEnd;
  }

  /** Nobody here looks any more whether the fault is still there; it may well be. */
  leave(): void {
    if (this.isOpen) {
      this.causes.clear();
      this.say({ fault: this.words.begins }, 'a fault is not followed any further by this process');
    }
  }

  /** For who meets it by chance only, and would not notice its end. */
  leaveIfQuiet(ms: number): void {
    if (this.clock.monotonicMs() - this.metAtMs >= ms) {
      this.leave();
    }
  }

  private say(facts: Facts, sentence: string): void {
    const outageMs = Math.round(this.clock.monotonicMs() - this.sinceMs);
    this.logger.log({ ...this.words.facts, outageMs, ...facts }, sentence);
  }
}
