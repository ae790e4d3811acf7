import { rename } from 'node:fs/promises';
import path from 'node:path';

import pLimit from 'p-limit';

import { privateFolder, writePrivately } from './private-file.js';

/** What a MediaMTX is started with. */
export interface Boot {
  readonly text: string;
  /** Of the wanted set in it; null: none was ever given. */
  readonly revision: string | null;
}

/**
 * The file of the next start, ready before it is needed. MediaMTX watches the folder of its file and
 * reads it again when it changes, which would drop whatever the API has added: so the next file lies
 * in another folder, and takes the place of the running one only while nothing runs.
 */
export class BootFiles {
  private readonly oneAtATime = pLimit(1);
  private boot: Boot = { text: 'paths: {}\n', revision: null };
  private isReady = false;
  private taken: Boot | null = null;

  private constructor(
    private readonly next: string,
    private readonly running: string,
  ) {}

  static async in(folder: string): Promise<BootFiles> {
    const next = await privateFolder(path.join(folder, 'next'));
    const running = await privateFolder(path.join(folder, 'running'));
    return new BootFiles(path.join(next, 'mediamtx.yml'), path.join(running, 'mediamtx.yml'));
  }

  prepare(boot: Boot): Promise<void> {
    return this.oneAtATime(async () => {
      await writePrivately(this.next, boot.text);
      this.boot = boot;
      this.isReady = true;
    });
  }

  /**
   * Puts the file in its place. Only while no MediaMTX runs. When there was no room on the disk to
   * write the next one, the last start's file, which holds the same, serves once more.
   */
  take(): Promise<Boot & { readonly file: string }> {
    return this.oneAtATime(async () => {
      try {
        await this.replaceRunning();
      } catch (err) {
        if (this.taken !== this.boot) throw err;
      }
      this.taken = this.boot;
      return { ...this.boot, file: this.running };
    });
  }

  /** Writes the next one while the one that was taken is in use. */
  restock(): Promise<void> {
    return this.oneAtATime(async () => {
      if (this.isReady) return;
      await writePrivately(this.next, this.boot.text);
      this.isReady = true;
    });
  }

  private async replaceRunning(): Promise<void> {
    if (!this.isReady) await writePrivately(this.next, this.boot.text);
    await rename(this.next, this.running);
    this.isReady = false;
  }
}
