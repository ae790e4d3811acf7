import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { isAlive, readProcess, type ProcessIdentity } from '../processes/process-table.js';
import { StartupFailure, messageOf, systemCodeOf } from '../startup-failure.js';

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

function create(file: string, holder: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify({ pid: holder.pid, startedAt: holder.startedAt }), {
      flag: 'wx',
    });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw new StartupFailure(
      `the data folder cannot be used (${messageOf(error)}): set VIGIA_DATA_DIR to another folder`,
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

function refuse(holder: ProcessIdentity): never {
  throw new StartupFailure(
    `another copy (pid ${holder.pid}) runs on this data folder: ` +
      'stop it, or set VIGIA_DATA_DIR (and PORT and the other ports) for a second one',
  );
}

/**
 * One stack per data folder: two would start two databases on the same files. The lock names its
 * holder by pid and start time, so a lock left by a killed run, or by another boot, binds nobody.
 *
 * @returns what releases it.
 */
export async function lockFolder(file: string): Promise<() => void> {
  const own = readProcess(process.pid) ?? { pid: process.pid, startedAt: 'unknown' };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (create(file, own)) return () => rmSync(file, { force: true });
    const content = read(file);
    const holder = holderIn(content);
    if (holder !== undefined && isAlive(holder)) refuse(holder);
    if (holder === undefined) await sleep(WRITING_MS);
    clear(file, content);
  }
  throw new StartupFailure(`${file} cannot be taken: set VIGIA_DATA_DIR to another folder`);
}
