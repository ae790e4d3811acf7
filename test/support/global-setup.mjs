/**
 * Once per run: one PostgreSQL, one migrated template that each test file clones, and one folder for
 * everything that the product says, which is searched for the canary at the end.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Postgres } from './postgres/postgres.mjs';
import { prepareTemplate } from './postgres/template.mjs';

export default async function setUp() {
  if (globalThis.vigiaPostgres !== undefined) return;
  const postgres = await Postgres.start();
  globalThis.vigiaPostgres = postgres;
  globalThis.vigiaSaid = mkdtempSync(path.join(tmpdir(), 'vigia-said-'));
  await prepareTemplate(postgres);
  process.env.TEST_SAID_FOLDER = globalThis.vigiaSaid;
}
