/**
 * Once per run: one PostgreSQL, one migrated template that each test file clones, and one folder for
 * everything that the product says, which is searched for the canary at the end.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Postgres } from './postgres/postgres.mjs';

const MIGRATE = path.resolve(import.meta.dirname, '../../dist/apps/api/migrate.js');

export default async function setUp() {
  if (globalThis.vigiaPostgres !== undefined) return;
  const postgres = await Postgres.start();
  globalThis.vigiaPostgres = postgres;
  globalThis.vigiaSaid = mkdtempSync(path.join(tmpdir(), 'vigia-said-'));
  await postgres.query('CREATE DATABASE template_vigia');
  execFileSync(process.execPath, [MIGRATE], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: postgres.url('template_vigia'),
      LOG_LEVEL: 'warn',
    },
    stdio: 'inherit',
  });
  process.env.TEST_POSTGRES_PORT = String(postgres.port);
  process.env.TEST_SAID_FOLDER = globalThis.vigiaSaid;
}
