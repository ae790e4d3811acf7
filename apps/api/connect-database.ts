/**
 * Opens the database for the process: waits for a server that is still starting, and brings the
 * schema to head, or waits until somebody else has.
 */
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { SystemClock } from '#kernel/clock.js';
import { Episode } from '#kernel/episode.js';

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
  await patiently(ANSWER, () => dataSource.initialize());
  await patiently(MIGRATED, () => assertMigrated(dataSource));
  return dataSource;
}

/**
 * On a data source of its own, since a migration may take longer than any request may wait.
 * @returns names of the migrations that were run
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  const dataSource = newDataSource(url, { queryTimeoutMs: 0 });
  await patiently(ANSWER, () => dataSource.initialize());
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

const ANSWER = {
  begins: 'the database does not answer; trying again for a minute',
  ends: 'the database answers',
};
const MIGRATED = {
  begins: 'the schema is not migrated; trying again for a minute',
  ends: 'the schema is migrated',
};

/** Gives up with the last cause. */
async function patiently(
  words: { readonly begins: string; readonly ends: string },
  attempt: () => Promise<unknown>,
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  const waiting = new Episode(logger, new SystemClock(), words);
  for (;;) {
    try {
      await attempt();
      waiting.end();
      return;
    } catch (err) {
      if (performance.now() > endMs) {
        throw err;
      }
      waiting.begin({ err });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
