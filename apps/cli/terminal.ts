import { type Writable } from 'node:stream';

/** Answers go to standard output and nothing else does, so that they can be piped. */
export class Terminal {
  constructor(
    private readonly out: Writable,
    readonly err: Writable & { readonly isTTY?: boolean },
  ) {}

  say(...lines: readonly string[]): void {
    lines.forEach((line) => this.out.write(`${printable(line)}\n`));
  }

  /** What is said beside an answer: to people, and to logs. */
  note(...lines: readonly string[]): void {
    lines.forEach((line) => this.err.write(`${printable(line)}\n`));
  }

  json(value: unknown): void {
    this.out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  jsonLine(value: unknown): void {
    this.out.write(`${JSON.stringify(value)}\n`);
  }
}

/** Labels are anybody's words: they must not move the cursor of whoever lists them. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, '?');
}
