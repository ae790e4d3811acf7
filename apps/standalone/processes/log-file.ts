import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Two files of this size per child at most; MediaMTX alone can write 200 lines a second. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * What a child says, in a file that cannot fill the disk: at its limit the file becomes `.1` and
 * a new one begins. Written synchronously, so that the last words before an end are there.
 */
export class LogFile {
  private fd: number;
  private bytes: number;

  constructor(
    readonly path: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.fd = openSync(path, 'a', 0o600);
    this.bytes = fstatSync(this.fd).size;
  }

  write(text: Buffer | string): void {
    try {
      if (this.bytes >= this.maxBytes) this.rotate();
      this.bytes += writeSync(this.fd, text.toString());
    } catch {
      // A full disk must not take the stack down; what the child said is lost.
    }
  }

  private rotate(): void {
    closeSync(this.fd);
    renameSync(this.path, `${this.path}.1`);
    this.fd = openSync(this.path, 'a', 0o600);
    this.bytes = 0;
  }
}
