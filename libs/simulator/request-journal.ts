export interface JournalEntry {
  readonly method: string;
  /** As it was sent, with the query. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Parsed where it is JSON, else the text; absent when nothing was sent. */
  readonly body?: unknown;
}

/** Too low: a long test loses its first requests. Too high: memory, in a stack that runs for days. */
const MAX_ENTRIES = 20_000;

export class RequestJournal {
  private kept: JournalEntry[] = [];
  private writes = 0;

  get entries(): readonly JournalEntry[] {
    return this.kept;
  }

  get configWrites(): number {
    return this.writes;
  }

  record(entry: JournalEntry, isPathWrite: boolean): void {
    if (this.kept.length >= MAX_ENTRIES) this.kept = this.kept.slice(MAX_ENTRIES / 2);
    this.kept.push(entry);
    if (isPathWrite) this.writes += 1;
  }

  clear(): void {
    this.kept = [];
    this.writes = 0;
  }
}

export function journalBody(text: string | null): { body?: unknown } {
  if (text === null || text === '') return {};
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return { body: text };
  }
}
