import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { readProcess } from '#supervision/process-table.js';
import { StartupFailure } from '#supervision/startup-failure.js';

import { runOnce } from '../processes/run-once.js';
import { type ChildOptions, type Command } from '../processes/running-child.js';
import { type Account } from './postgres-account.js';
import { binaryIn } from './postgres-binaries.js';

export const DATABASE_USER = 'vigia';
export const DATABASE_NAME = 'vigia';

export interface Cluster {
  readonly dir: string;
  readonly binariesDir: string;
  readonly account: Account | undefined;
  readonly password: string;
}

/** PG… variables of the person at the terminal are about other servers. */
export function postgresEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('PG'));
  // The messages are read (`explainPostgres`), so they must be in English.
  return { ...Object.fromEntries(kept), LC_ALL: 'C', LANG: 'C' };
}

const INITDB_FLAGS = [
  `--username=${DATABASE_USER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // Sorts the same on every machine, and needs no locale of the operating system.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

function newFolder(dir: string, account: Account | undefined): void {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { mode: 0o700 });
  if (account) chownSync(dir, account.uid, account.gid);
}

function initdbCommand(cluster: Cluster, target: string, passwordFile: string): Command {
  return {
    file: binaryIn(cluster.binariesDir, 'initdb'),
    args: [`--pgdata=${target}`, `--pwfile=${passwordFile}`, ...INITDB_FLAGS],
    env: postgresEnvironment(process.env),
    cwd: target,
    account: cluster.account,
  };
}

/** Made aside and then moved into place, so that an interrupted start leaves no half database. */
async function initialise(
  cluster: Cluster,
  child: Omit<ChildOptions, 'command'>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${cluster.dir}.unfinished`;
  const passwordFile = `${cluster.dir}.password`;
  newFolder(unfinished, cluster.account);
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  try {
    if (cluster.account) chownSync(passwordFile, cluster.account.uid, cluster.account.gid);
    const command = initdbCommand(cluster, unfinished, passwordFile);
    const { failure } = await runOnce({ ...child, name: 'initdb', command }, signal);
    if (failure !== undefined) {
      throw new StartupFailure(`the database could not be made: ${failure} (${child.log.path})`);
    }
    renameSync(unfinished, cluster.dir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function versionOf(dir: string): string | undefined {
  try {
    return readFileSync(path.join(dir, 'PG_VERSION'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

const otherFolder = 'move it away, or set VIGIA_DATA_DIR to another folder';

/** A folder that is no database, or one of another PostgreSQL, is left alone and named. */
function checkExisting(dir: string, major: string): void {
  const version = versionOf(dir);
  if (version === undefined) {
    throw new StartupFailure(`${dir} is not a database of PostgreSQL: ${otherFolder}`);
  }
  if (version !== major) {
    throw new StartupFailure(
      `${dir} was made by PostgreSQL ${version}, this one is ${major}: ${otherFolder}`,
    );
  }
}

/**
 * A killed server leaves its pid behind, and PostgreSQL refuses to start when that pid is in use
 * again, by whatever process: common in containers, where pids are few. We hold the folder's lock,
 * so a pid that is no PostgreSQL's means nothing.
 */
function forgetDeadServer(dir: string): void {
  const file = path.join(dir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (readProcess(pid)?.command.includes('postgres') === true) return;
  rmSync(file, { force: true });
}

/** Makes the database's files on the first run; afterwards only looks at them. */
export async function prepareCluster(
  cluster: Cluster,
  major: string,
  child: Omit<ChildOptions, 'command'>,
  signal: AbortSignal,
): Promise<void> {
  const isThere = existsSync(cluster.dir) && readdirSync(cluster.dir).length > 0;
  if (!isThere) {
    rmSync(cluster.dir, { recursive: true, force: true });
    await initialise(cluster, child, signal);
    return;
  }
  checkExisting(cluster.dir, major);
  forgetDeadServer(cluster.dir);
}
