/** The person at the terminal: a few plain lines, one thing each. */
export class Terminal {
  constructor(
    private readonly out: NodeJS.WritableStream,
    private readonly err: NodeJS.WritableStream,
  ) {
    // Whoever read our output may be gone (a closed terminal, `| head`): no reason to fall over.
    out.on('error', () => undefined);
    err.on('error', () => undefined);
  }

  say(line = ''): void {
    this.out.write(`${line}\n`);
  }

  /** A part of the stack, what it is and where: aligned, so that the eye finds it. */
  row(label: string, text: string): void {
    this.say(`  ${label.padEnd(13)}${text}`);
  }

  warn(line: string): void {
    this.err.write(`! ${line}\n`);
  }

  fail(line: string): void {
    this.err.write(`vigia: ${line}\n`);
  }
}
