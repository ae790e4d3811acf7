import { execFileSync } from 'node:child_process';
import path from 'node:path';

const MIGRATE = path.resolve(import.meta.dirname, '../../../dist/apps/api/migrate.js');

/**
 * A migrated database, of which each `TestDatabase` of this process and its children is a clone.
 * @param {import('./postgres.mjs').Postgres} postgres
 */
export async function prepareTemplate(postgres) {
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
}
