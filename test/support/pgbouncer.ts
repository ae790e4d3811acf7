/** A PgBouncer in transaction mode before a test's database, where the machine has the program. */
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import pg from 'pg';

import { databaseAccount } from '../../apps/standalone/postgres/postgres-account.js';
import { Terminal } from '../../apps/standalone/terminal.js';
import { ChildProcess } from './child-process.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Where Debian puts it, which only root has on its PATH. */
const DEBIAN_FOLDER = '/usr/sbin';

export interface PgBouncerOptions {
  /** Connections to Postgres, for all clients together. */
  readonly poolSize: number;
}

export class PgBouncer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /** The program, or null where there is none. */
  static find(): string | null {
    const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), DEBIAN_FOLDER];
    return folders.map((folder) => path.join(folder, 'pgbouncer')).find(isProgram) ?? null;
  }

  static async start(databaseUrl: string, { poolSize }: PgBouncerOptions): Promise<PgBouncer> {
    const program = PgBouncer.find();
    if (program === null) throw new Error('there is no pgbouncer on this machine');
    const url = new URL(databaseUrl);
    const folder = mkdtempSync(path.join(tmpdir(), 'vigia-pgbouncer-'));
    chmodSync(folder, 0o755);
    const settings = path.join(folder, 'pgbouncer.ini');
    const port = await freePort();
    writeFileSync(settings, settingsOf(url, port, poolSize));
    const bouncer = new PgBouncer(
      await ChildProcess.start(program, [...asOrdinaryUser(), settings]),
      folder,
      `postgresql://anybody@127.0.0.1:${port}${url.pathname}`,
    );
    await eventually(() => bouncer.answers(), { timeoutMs: 10_000 });
    return bouncer;
  }

  async stop(): Promise<void> {
    // Its SIGTERM would wait for clients.
    await this.process.kill9();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    if (!this.process.isRunning) throw new Error(`pgbouncer ended: ${this.process.output}`);
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
  }
}

function settingsOf({ hostname, port, username }: URL, listenPort: number, pool: number): string {
  return [
    '[databases]',
    `* = host=${hostname} port=${port} user=${username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${listenPort}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${pool}`,
    '',
  ].join('\n');
}

/** It refuses to run as root. */
function asOrdinaryUser(): string[] {
  const account = databaseAccount(new Terminal(new PassThrough(), new PassThrough()));
  return account === undefined ? [] : ['-u', account.name];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
