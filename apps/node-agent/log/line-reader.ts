import { StringDecoder } from 'node:string_decoder';

/** Too low: a long message is lost. Too high: a child that never ends its line fills the memory. */
export const LONGEST_LINE = 16 * 1024;

/** Cuts a stream of bytes into lines. What is longer than a line may be is dropped, to its end. */
export class LineReader {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private isSkipping = false;

  constructor(
    private readonly onLine: (line: string) => void,
    private readonly longest = LONGEST_LINE,
  ) {}

  push(chunk: Buffer): void {
    const text = this.decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.finish(text.slice(start, end));
      start = end + 1;
    }
    this.keep(text.slice(start));
  }

  private finish(end: string): void {
    const line = this.rest + end;
    if (!this.isSkipping && line.length <= this.longest) this.onLine(line);
    this.rest = '';
    this.isSkipping = false;
  }

  private keep(text: string): void {
    if (this.isSkipping) return;
    this.rest += text;
    if (this.rest.length <= this.longest) return;
    this.rest = '';
    this.isSkipping = true;
  }
}
