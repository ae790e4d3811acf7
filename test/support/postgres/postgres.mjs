/**
 * A real PostgreSQL of the tests' own: from npm, in a temporary folder, on a free loopback port. Plain
 * JavaScript, since jest loads its global set-up untranspiled; the rest comes from the built stack.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

import { databaseAccount } from '../../../dist/apps/standalone/postgres/postgres-account.js';
import {
  binaryIn,
  findPostgresBinaries,
} from '../../../dist/apps/standalone/postgres/postgres-binaries.js';
import { settlePostgresHome } from '../../../dist/apps/standalone/postgres/postgres-home.js';

const START_TIMEOUT_MS = 30_000;
/**
 * Nothing here must survive a power cut, and by default no crash; many short connections must fit.
 */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
};

export class Postgres {
  #child = null;
  #guard = null;

  constructor(home, account, port, folder, settings) {
    this.home = home;
    this.account = account;
    this.port = port;
    this.folder = folder;
    this.settings = settings;
  }

  /** @param {Record<string, string>} [settings] beside those for speed */
  static async start(settings = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), 'vigia-postgres-'));
    chmodSync(folder, 0o711);
    const account = databaseAccount({ say: () => undefined });
    const home = settlePostgresHome(folder, findPostgresBinaries(), account);
    const postgres = new Postgres(home, account, await freePort(), folder, settings);
    postgres.#initialise();
    await postgres.start();
    return postgres;
  }

  url(database = 'postgres') {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  get pid() {
    return this.#child?.pid;
  }

  async start() {
    const end = performance.now() + START_TIMEOUT_MS;
    // Between a stop and a start somebody's outgoing connection may sit on the port for a moment.
    do this.#spawn();
    while (!(await this.#ready(end)));
  }

  /** "Fast" by default: clients are cut. SIGQUIT: as in a crash. */
  async stop(signal = 'SIGINT') {
    const child = this.#child;
    this.#child = null;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    }
    this.#guard?.kill('SIGKILL');
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param {string} sql */
  async query(sql, database = 'postgres') {
    const client = new pg.Client({
      connectionString: this.url(database),
      connectionTimeoutMillis: 1_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  #initialise() {
    const { clusterDir, binariesDir } = this.home;
    mkdirSync(clusterDir, { mode: 0o700 });
    if (this.account) chownSync(clusterDir, this.account.uid, this.account.gid);
    const args = [
      '-D',
      clusterDir,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-N',
      '--locale=C',
      '-E',
      'UTF8',
    ];
    execFileSync(binaryIn(binariesDir, 'initdb'), args, this.#options());
  }

  #options() {
    const { account } = this;
    return {
      cwd: this.home.clusterDir,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      ...(account && { uid: account.uid, gid: account.gid }),
    };
  }

  #spawn() {
    const settings = Object.entries({ ...SETTINGS, ...this.settings, port: String(this.port) });
    const args = ['-D', this.home.clusterDir, ...settings.flatMap(([k, v]) => ['-c', `${k}=${v}`])];
    const child = spawn(binaryIn(this.home.binariesDir, 'postgres'), args, this.#options());
    this.#child = child;
    this.#guard?.kill('SIGKILL');
    // Ends the server even when the tests are killed: the pipe closes with this process.
    this.#guard = spawn('sh', ['-c', `cat >/dev/null; kill -QUIT ${child.pid}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#guard.unref();
    this.#guard.stdin.unref?.();
  }

  /** @returns false when the server ended instead */
  async #ready(end) {
    for (;;) {
      try {
        await this.query('SELECT 1');
        return true;
      } catch (error) {
        if (performance.now() > end) throw error;
        if (this.#child.exitCode !== null) return false;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
