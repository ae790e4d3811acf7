import { execFileSync } from 'node:child_process';

import pg from 'pg';

import { StartupFailure, messageOf } from '#supervision/startup-failure.js';

import { LOOPBACK } from '../network/ports.js';
import { type Command } from '../processes/running-child.js';
import { binaryIn } from './postgres-binaries.js';
import {
  DATABASE_NAME,
  DATABASE_USER,
  postgresEnvironment,
  type Cluster,
} from './postgres-cluster.js';

const CONNECT_TIMEOUT_MS = 2_000;
const DUPLICATE_DATABASE = '42P04';
const WRONG_PASSWORD = '28P01';

/** The major version of the programs, which also proves that their user can run them. */
export function postgresMajor({ binariesDir, account }: Cluster): string {
  try {
    const text = execFileSync(binaryIn(binariesDir, 'postgres'), ['--version'], {
      encoding: 'utf8',
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(account && { uid: account.uid, gid: account.gid }),
    });
    return /(\d+)\./.exec(text)?.[1] ?? '';
  } catch (error) {
    const reason = messageOf(error).trim().split('\n').at(-1) ?? '';
    throw new StartupFailure(
      `PostgreSQL does not run here (${reason}): set DATABASE_URL to a database of your own`,
    );
  }
}

/** TCP on the loopback only: no socket file, whose path could be too long or not writable. */
export function postgresCommand(cluster: Cluster, port: number): Command {
  const settings = {
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: '',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  return {
    file: binaryIn(cluster.binariesDir, 'postgres'),
    args: [
      '-D',
      cluster.dir,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: postgresEnvironment(process.env),
    cwd: cluster.dir,
    account: cluster.account,
  };
}

export function databaseUrl(password: string, port: number): string {
  return `postgresql://${DATABASE_USER}:${password}@${LOOPBACK}:${port}/${DATABASE_NAME}`;
}

/**
 * Whether the server takes work and has our database, which is made the first time. It asks with
 * the password, so another server on this port is never taken for ours.
 */
export async function isDatabaseReady(password: string, port: number): Promise<boolean> {
  const client = new pg.Client({
    host: LOOPBACK,
    port,
    user: DATABASE_USER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
      DATABASE_NAME,
    ]);
    if (found.rowCount === 0) await createDatabase(client);
    return true;
  } catch (error) {
    if (codeOf(error) === WRONG_PASSWORD) {
      throw new StartupFailure(
        'the database refuses its password: restore the file postgres-password beside it, or set ' +
          'VIGIA_DATA_DIR to another folder',
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE_NAME)}`);
  } catch (error) {
    if (codeOf(error) !== DUPLICATE_DATABASE) throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
