import { execFileSync } from 'node:child_process';

import { StartupFailure } from '#supervision/startup-failure.js';

import { type Terminal } from '../terminal.js';

/** A user of the operating system. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Debian, Fedora, Alpine, npm's helpers use the first; macOS comes with the second. */
const NAMES = ['postgres', '_postgres'] as const;

/** Each system has one of the two. */
const WAYS_TO_MAKE_ONE: readonly (readonly [string, ...string[]])[] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAMES[0]],
  ['adduser', '-S', '-D', '-H', '-s', '/bin/false', NAMES[0]],
];

function run(file: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

function find(name: string): Account | undefined {
  const uid = Number.parseInt(run('id', ['-u', name]) ?? '', 10);
  const gid = Number.parseInt(run('id', ['-g', name]) ?? '', 10);
  return Number.isNaN(uid) || Number.isNaN(gid) ? undefined : { name, uid, gid };
}

function findAny(): Account | undefined {
  return NAMES.map(find).find((account) => account !== undefined);
}

/**
 * Whom the database runs as: ourselves, or a user of its own where we are root, since PostgreSQL
 * refuses to run as root. That user is made when there is none.
 */
export function databaseAccount(terminal: Terminal): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = findAny();
  if (existing) return existing;
  for (const [file, ...args] of WAYS_TO_MAKE_ONE) run(file, args);
  const made = findAny();
  if (made === undefined) {
    throw new StartupFailure(
      `PostgreSQL does not run as root, and a user called ${NAMES[0]} could not be made: ` +
        'make one, run this as an ordinary user, or set DATABASE_URL',
    );
  }
  terminal.say(`  (made the user ${made.name}: PostgreSQL does not run as root)`);
  return made;
}
