import { rmSync, writeFileSync } from 'node:fs';

/** Rewritten as a new file: an old one may have other rights than its owner's only. */
export function writePrivateFile(file: string, content: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, content, { mode: 0o600 });
}
