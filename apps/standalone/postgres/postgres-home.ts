import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';

import { StartupFailure } from '#supervision/startup-failure.js';

import { type Account } from './postgres-account.js';
import { type PostgresBinaries } from './postgres-binaries.js';
import { canEnter, canRead } from './reach.js';

/** Where the database's files and its programs are, as the user that runs it can reach them. */
export interface PostgresHome {
  readonly clusterDir: string;
  readonly binariesDir: string;
  /** Beside the cluster, so that whoever throws one away throws both away. */
  readonly passwordFile: string;
  /** What somebody who looks for the files should know. */
  readonly notes: readonly string[];
}

/** Kept across reboots, and open to all users, on Linux and on macOS. */
const OUTSIDE = ['/var/lib', '/var/tmp'] as const;
/** A file that initdb reads, with the same rights as everything beside it. */
const SAMPLE = path.join('share', 'postgresql', 'postgres.bki');

function isUsable(folder: string, account: Account): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return canEnter(folder, account);
  } catch {
    return false;
  }
}

/**
 * A folder of our own outside of the data folder. Its name comes from the data folder's, so that
 * the next run finds it, and two clones do not share it.
 */
function outsideFolder(dataDir: string, account: Account): string {
  const name = `vigia-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 12)}`;
  const candidates = OUTSIDE.map((parent) => path.join(parent, name));
  const folder =
    candidates.find(existsSync) ??
    candidates.find((candidate) => isUsable(path.dirname(candidate), account));
  if (folder === undefined) {
    throw new StartupFailure(
      `the user ${account.name}, as whom PostgreSQL runs, can reach neither ${dataDir} nor ` +
        `${OUTSIDE.join(' nor ')}: set VIGIA_DATA_DIR to a folder that all users may enter`,
    );
  }
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  return folder;
}

/** Lets everybody read a tree, and run what its owner may run; a umask of 077 had closed it. */
function openTree(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const entry = path.join(folder, name);
    const stats = lstatSync(entry);
    if (stats.isDirectory()) openTree(entry);
    else if (stats.isFile()) chmodSync(entry, (stats.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

const COPY = 'postgres-binaries-';

/** Copied aside and then moved into place: half a copy never counts. Older copies are removed. */
function copyBinaries(binaries: PostgresBinaries, parent: string): string {
  const target = path.join(parent, `${COPY}${binaries.version}`);
  if (existsSync(target)) return target;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(COPY))) {
    rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  const unfinished = `${target}.unfinished`;
  cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
  openTree(unfinished);
  renameSync(unfinished, target);
  return target;
}

/**
 * As an ordinary user everything stays where it is. As root the database runs as another user, who
 * may be unable to enter the data folder, or the clone with the programs in it (a clone under
 * /root, a umask of 077): what that user cannot reach is put where it can.
 */
export function settlePostgresHome(
  dataDir: string,
  binaries: PostgresBinaries,
  account: Account | undefined,
): PostgresHome {
  if (account === undefined) return home(dataDir, binaries.folder, []);
  const notes: string[] = [];
  const isInside = canEnter(dataDir, account);
  const base = isInside ? dataDir : outsideFolder(dataDir, account);
  if (!isInside) {
    notes.push(`the database's files are in ${base}: its user cannot enter ${dataDir}`);
  }
  if (canRead(path.join(binaries.folder, SAMPLE), account)) {
    return home(base, binaries.folder, notes);
  }
  const binariesDir = copyBinaries(binaries, base);
  notes.push(`PostgreSQL runs from ${binariesDir}: its user cannot read the installed one`);
  return home(base, binariesDir, notes);
}

function home(base: string, binariesDir: string, notes: readonly string[]): PostgresHome {
  return {
    clusterDir: path.join(base, 'postgres'),
    passwordFile: path.join(base, 'postgres-password'),
    binariesDir,
    notes,
  };
}
