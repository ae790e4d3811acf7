import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { isAlive, readProcess, type ProcessIdentity } from './process-table.js';
import { StartupFailure, messageOf, systemCodeOf } from './startup-failure.js';

export interface Lock {
  readonly file: string;
  /** The name of the setting that says where the folder is. */
  readonly setting: string;
}

const HOLDER = z.object({ pid: z.int().positive(), startedAt: z.string() });
const MAX_TRIES = 5;
/** Between the making of the file and its content lies an instant; much longer, and nobody writes. */
const WRITING_MS = 200;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function holderIn(content: string | undefined): ProcessIdentity | undefined {
  try {
    return HOLDER.parse(JSON.parse(content ?? ''));
  } catch {
    return undefined;
  }
}

function create({ file, setting }: Lock, holder: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify({ pid: holder.pid, startedAt: holder.startedAt }), {
      flag: 'wx',
    });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw new StartupFailure(
      `the data folder cannot be used (${messageOf(error)}): set ${setting} to another folder`,
    );
  }
}

/**
 * Takes a dead holder's lock away. Of several that try, one succeeds in moving it; and one that
 * was slow and so moved a living lock that came after it, puts that back.
 */
function clear(file: string, seen: string | undefined): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) === seen) rmSync(aside);
    else renameSync(aside, file);
  } catch {
    // Somebody else was quicker: the next try finds out who.
  }
}

function refuse(holder: ProcessIdentity, setting: string): never {
  throw new StartupFailure(
    `another copy (pid ${holder.pid}) runs on this data folder: ` +
      `stop it, or set ${setting} (and the ports) for a second one`,
  );
}

/**
 * One supervisor per data folder: two would start two databases on the same files, or end each
 * other's children. The lock names its holder by pid and start time, so a lock left by a killed run,
 * or by another boot, binds nobody.
 *
 * @returns what releases it.
 */
export async function lockFolder(lock: Lock): Promise<() => void> {
  const { file, setting } = lock;
  const own = readProcess(process.pid) ?? { pid: process.pid, startedAt: 'unknown' };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (create(lock, own)) return () => rmSync(file, { force: true });
    const content = read(file);
    const holder = holderIn(content);
    if (holder !== undefined && isAlive(holder)) refuse(holder, setting);
    if (holder === undefined) await sleep(WRITING_MS);
    clear(file, content);
  }
  throw new StartupFailure(`${file} cannot be taken: set ${setting} to another folder`);
}
