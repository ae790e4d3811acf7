import { type DataSource, MigrationExecutor } from 'typeorm';

/** Any number; the same in every replica. */
const MIGRATION_LOCK = 4_917_205_341;
/** Too low: a migrator that only lost its processor is cut. Too high: a frozen one holds up all. */
const FROZEN_AFTER = '60s';

/**
 * Brings the schema to the newest migration. Replicas that start at once wait for each other.
 *
 * Lock and migrations share one transaction on one connection: the lock goes with it, whatever
 * happens to us, and holds behind a transaction pooler too. On two connections, replicas that wait
 * for the lock could take every connection of a pooler, and its holder would wait for them.
 * @returns names of the migrations that were run
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  return dataSource.transaction(async (transaction) => {
    await transaction.query(`SET LOCAL idle_in_transaction_session_timeout = '${FROZEN_AFTER}'`);
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const executor = new MigrationExecutor(dataSource, transaction.queryRunner);
    executor.transaction = 'all';
    const done = await executor.executePendingMigrations();
    return done.map(({ name }) => name);
  });
}

/** Reads only. TypeORM's own check would create its table, and race with whoever migrates. */
export async function assertMigrated(dataSource: DataSource): Promise<void> {
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const done = new Set(rows.map(({ name }) => name));
  const pending = dataSource.migrations.filter(({ name }) => !done.has(name ?? ''));
  if (pending.length > 0) {
    throw new Error(`${pending.length} migrations are pending; run the migration step`);
  }
}
