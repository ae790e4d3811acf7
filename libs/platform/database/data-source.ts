/**
 * How we connect to Postgres: with a deadline for each step, no driver but `pg`, and a listener for
 * lost idle connections (without one the process would end when Postgres restarts).
 */
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';

import { KillOnTimeoutClient } from './kill-on-timeout-client.js';

/** Too low: a busy database looks down. Too high: requests pile up behind a dead one. */
export const CONNECT_TIMEOUT_MS = 2_000;
export const QUERY_TIMEOUT_MS = 5_000;
/** Too low: requests queue. Too high: replicas exhaust Postgres; more gains nothing on few cores. */
const POOL_SIZE = 8;

export interface DatabaseSettings {
  readonly url: string;
  readonly entities: DataSourceOptions['entities'];
  readonly migrations: DataSourceOptions['migrations'];
  /** 0: none, for migrations, which wait for each other and may rewrite a large table. */
  readonly queryTimeoutMs?: number;
}

export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  const logger = new Logger('Database');
  return {
    type: 'postgres',
    url: settings.url,
    driver: pg,
    // pg-native hangs on terminated connections, and TypeORM would pick it up silently.
    nativeDriver: undefined,
    entities: settings.entities ?? [],
    migrations: settings.migrations ?? [],
    migrationsTableName: 'migrations',
    synchronize: false,
    applicationName: 'vigia',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolSize: POOL_SIZE,
    // Only its text: the pool hangs the whole client on the error, settings and queries included.
    poolErrorHandler: (err: unknown) =>
      logger.debug({ cause: String(err) }, 'idle connection lost'),
    extra: {
      query_timeout: settings.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
      keepAlive: true,
      Client: KillOnTimeoutClient,
    },
  };
}

/** A data source whose schema check knows the type of transaction ids. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  dataSource.driver.supportedDataTypes.push('xid8' as never);
  return dataSource;
}
