/** Tells a process of the API, through a file, where to die. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type CrashLabel } from './crash-labels.js';

export class CrashSwitch {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'vigia-crash-'));
  private readonly file = path.join(this.folder, 'label');

  constructor() {
    this.disarm();
  }

  get env(): Readonly<Record<string, string>> {
    return { CRASH_FILE: this.file };
  }

  arm(label: CrashLabel): void {
    writeFileSync(this.file, label);
  }

  disarm(): void {
    writeFileSync(this.file, '');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
