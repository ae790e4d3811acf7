import { scrub } from './scrub.js';

export type ForwardedLevel = 'debug' | 'info' | 'warn' | 'error';
export type Forward = (level: ForwardedLevel, text: string) => void;

/** Too low: what led to a crash is missing. Too high: a node in trouble fills the disk with its log. */
export const LINES_PER_SECOND = 200;
const WINDOW_MS = 1_000;
const LONGEST_TEXT = 2_000;

const LEVELS: Readonly<Record<string, ForwardedLevel>> = {
  DEB: 'debug',
  INF: 'info',
  WAR: 'warn',
  ERR: 'error',
};

/** Hands MediaMTX's lines on, without credentials, and so many a second; it says how many were not. */
export class LogForwarder {
  private windowStartedAtMs = -WINDOW_MS;
  private sent = 0;
  private dropped = 0;

  constructor(
    private readonly forward: Forward,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @param level as MediaMTX writes it */
  take(level: string, text: string): void {
    if (this.nowMs() - this.windowStartedAtMs >= WINDOW_MS) this.open();
    if (this.sent >= LINES_PER_SECOND) {
      this.dropped += 1;
      return;
    }
    this.sent += 1;
    this.forward(LEVELS[level] ?? 'warn', scrub(shortened(text)));
  }

  /** Says what was left out so far; for the end of a child. */
  flush(): void {
    const { dropped } = this;
    this.dropped = 0;
    if (dropped > 0) this.forward('warn', `${dropped} lines of MediaMTX's log were left out`);
  }

  private open(): void {
    this.windowStartedAtMs = this.nowMs();
    this.sent = 0;
    this.flush();
  }
}

/**
 * Before it is searched: a line of many kilobytes costs time, and nobody reads it to its end. Between
 * two words: what tells a secret may be cut off from it.
 */
function shortened(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const start = text.slice(0, LONGEST_TEXT);
  return `${start.slice(0, start.search(/\s\S*$/) + 1)}…`;
}
