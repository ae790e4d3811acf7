/**
 * Opens the database for the process: waits for a server that is still starting, and brings the
 * schema to head, or waits until somebody else has.
 */
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import {
  type DatabaseSettings,
  createDataSource,
  dataSourceOptions,
} from '#platform/database/data-source.js';
import { assertMigrated, migrate } from '#platform/database/migrate.js';
import {
  STREAMING_ENTITIES,
  STREAMING_MIGRATIONS,
} from '#streaming/infrastructure/postgres/schema.js';

/** Too low: a slow database start fails ours. Too high: a wrong URL is noticed late. */
export const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

const SCHEMA = { entities: STREAMING_ENTITIES, migrations: STREAMING_MIGRATIONS };

const logger = new Logger('Database');

export interface ConnectOptions {
  readonly url: string;
  /** False: another step migrates, and this process waits for it. */
  readonly shouldMigrate: boolean;
}

export function newDataSource(
  url: string,
  limits: Pick<DatabaseSettings, 'queryTimeoutMs'> = {},
): DataSource {
  return createDataSource(dataSourceOptions({ url, ...SCHEMA, ...limits }));
}

export async function connectDatabase({ url, shouldMigrate }: ConnectOptions): Promise<DataSource> {
  if (shouldMigrate) {
    await migrateDatabase(url);
  }
  const dataSource = newDataSource(url);
  await patiently('the database does not answer', () => dataSource.initialize());
  await patiently('the schema is not migrated', () => assertMigrated(dataSource));
  return dataSource;
}

/**
 * On a data source of its own, since a migration may take longer than any request may wait.
 * @returns names of the migrations that were run
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  const dataSource = newDataSource(url, { queryTimeoutMs: 0 });
  await patiently('the database does not answer', () => dataSource.initialize());
  try {
    const names = await migrate(dataSource);
    names.forEach((migration) => {
      logger.log({ migration }, 'migrated');
    });
    return names;
  } finally {
    await dataSource.destroy();
  }
}

/** Says once that it waits, and gives up with the last cause. */
async function patiently(what: string, attempt: () => Promise<unknown>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      await attempt();
      return;
    } catch (err) {
      if (performance.now() > endMs) {
        throw err;
      }
      if (tries === 1) {
        logger.warn({ err }, `${what}; trying again for a minute`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
