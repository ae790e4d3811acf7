import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';

import { type z } from 'zod';

import { systemCodeOf } from '#supervision/startup-failure.js';

import { writePrivately } from '../boot/private-file.js';
import { type WantedSet } from './wanted-set.js';

export interface Loaded {
  readonly wanted: WantedSet | null;
  /** Files that are there and make no sense. */
  readonly broken: readonly string[];
}

/** What Vigia wanted last, on disk, with the one before it. Holds credentials. */
export class WantedStore {
  private readonly file: string;
  private readonly previous: string;
  /** A broken file must not take the place of the good one before it. */
  private isFileGood = false;

  constructor(
    folder: string,
    private readonly schema: z.ZodType<WantedSet>,
  ) {
    this.file = path.join(folder, 'wanted.json');
    this.previous = path.join(folder, 'wanted.previous.json');
  }

  async load(): Promise<Loaded> {
    const broken: string[] = [];
    for (const file of [this.file, this.previous]) {
      const wanted = await this.read(file);
      if (wanted === 'broken') broken.push(path.basename(file));
      else if (wanted !== null) {
        this.isFileGood = file === this.file;
        return { wanted, broken };
      }
    }
    return { wanted: null, broken };
  }

  /** It survives a power cut from when this returns. */
  async save(wanted: WantedSet): Promise<void> {
    if (this.isFileGood) await copyFile(this.file, this.previous);
    await writePrivately(this.file, JSON.stringify(wanted));
    this.isFileGood = true;
  }

  private async read(file: string): Promise<WantedSet | 'broken' | null> {
    try {
      return this.schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? 'broken';
    } catch (error) {
      return systemCodeOf(error) === 'ENOENT' ? null : 'broken';
    }
  }
}
