import { type DataSource } from 'typeorm';

/** Any number; the same in every replica. */
const MIGRATION_LOCK = 4_917_205_341;

/**
 * Brings the schema to the newest migration. Replicas that start at once wait for each other: the
 * lock lives in a transaction of its own, so it is released with it whatever happens, and holds
 * behind a transaction pooler too.
 * @returns names of the migrations that were run
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  return dataSource.transaction(async (lock) => {
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  });
}
