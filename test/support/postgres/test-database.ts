import { randomUUID } from 'node:crypto';

import pg from 'pg';

/** A database of a test file's own, cloned from the migrated template (about 20 ms). */
export class TestDatabase {
  private readonly pool: pg.Pool;

  private constructor(readonly url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 2 });
    this.pool.on('error', () => undefined);
  }

  static create(): Promise<TestDatabase> {
    return TestDatabase.of('test', 'template_vigia');
  }

  /** Without any table: for those who migrate it themselves. */
  static createEmpty(): Promise<TestDatabase> {
    return TestDatabase.of('empty', 'template0');
  }

  async query<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, parameters)).rows;
  }

  /** A connection of its own, for what must stay open: a transaction, a lock. */
  async connect(): Promise<pg.PoolClient> {
    return this.pool.connect();
  }

  /** The database itself stays until the run ends: it is searched for secrets first. */
  async close(): Promise<void> {
    await this.pool.end();
  }

  private static async of(prefix: string, template: string): Promise<TestDatabase> {
    const name = `${prefix}_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client({ connectionString: serverUrl('postgres') });
    await admin.connect();
    try {
      // Clones of one template at the same time wait for each other.
      await admin.query('SELECT pg_advisory_lock(1)');
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } finally {
      await admin.end();
    }
    return new TestDatabase(serverUrl(name));
  }
}

function serverUrl(database: string): string {
  const port = process.env['TEST_POSTGRES_PORT'];
  if (port === undefined) {
    throw new Error('there is no test server: run this with the projects integration or e2e');
  }
  return `postgresql://postgres@127.0.0.1:${port}/${database}`;
}
