/** Tells a process of the API, through a file that is there only while it is armed, where to die. */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type CrashLabel } from './crash-labels.js';

export class CrashSwitch {
  private readonly file = path.join(tmpdir(), `vigia-crash-${randomUUID()}`);

  get env(): Readonly<Record<string, string>> {
    return { CRASH_FILE: this.file };
  }

  arm(label: CrashLabel): void {
    writeFileSync(this.file, label);
  }

  disarm(): void {
    rmSync(this.file, { force: true });
  }
}
