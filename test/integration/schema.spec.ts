/** What the migrations leave behind, and what happens when several processes run them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import path from 'node:path';

import { assertMigrated, migrate } from '#platform/database/migrate.js';
import { STREAMING_MIGRATIONS } from '#streaming/infrastructure/postgres/schema.js';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { connectDatabase, newDataSource } from '../../apps/api/connect-database.js';

const MIGRATE = path.resolve(import.meta.dirname, '../../dist/apps/api/migrate.js');
const MIGRATION_NAMES = STREAMING_MIGRATIONS.map(({ name }) => name);

const INDEXES = {
  pk_nodes: 'CREATE UNIQUE INDEX pk_nodes ON public.nodes USING btree (id)',
  pk_streams: 'CREATE UNIQUE INDEX pk_streams ON public.streams USING btree (id)',
  ux_streams_active_camera:
    "CREATE UNIQUE INDEX ux_streams_active_camera ON public.streams USING btree (camera_id) WHERE (desired = 'RUNNING'::text)",
  ux_streams_active_path:
    "CREATE UNIQUE INDEX ux_streams_active_path ON public.streams USING btree (node_id, path) WHERE (desired = 'RUNNING'::text)",
  ix_streams_work:
    "CREATE INDEX ix_streams_work ON public.streams USING btree (node_id) WHERE ((desired = 'RUNNING'::text) OR removal_pending)",
  ix_streams_camera:
    'CREATE INDEX ix_streams_camera ON public.streams USING btree (camera_id, id DESC)',
  ix_streams_path:
    'CREATE INDEX ix_streams_path ON public.streams USING btree (node_id, path, id DESC)',
  ix_streams_labels: 'CREATE INDEX ix_streams_labels ON public.streams USING gin (labels)',
  pk_stream_events:
    'CREATE UNIQUE INDEX pk_stream_events ON public.stream_events USING btree (seq)',
  ux_stream_events_version:
    'CREATE UNIQUE INDEX ux_stream_events_version ON public.stream_events USING btree (stream_id, version)',
  ix_stream_events_at: 'CREATE INDEX ix_stream_events_at ON public.stream_events USING btree (at)',
  pk_node_leases: 'CREATE UNIQUE INDEX pk_node_leases ON public.node_leases USING btree (node_id)',
};

const CONSTRAINTS = {
  ck_streams_desired: "CHECK ((desired = ANY (ARRAY['RUNNING'::text, 'STOPPED'::text])))",
  ck_streams_status:
    "CHECK ((status = ANY (ARRAY['STOPPED'::text, 'STARTING'::text, 'RUNNING'::text, 'ERROR'::text])))",
  ck_streams_stopped: "CHECK (((desired = 'STOPPED'::text) = (status = 'STOPPED'::text)))",
  fk_streams_node: 'FOREIGN KEY (node_id) REFERENCES nodes(id)',
  fk_stream_events_stream: 'FOREIGN KEY (stream_id) REFERENCES streams(id)',
};

beforeAll(() => {
  silentLogs();
});

describe('the migrated schema', () => {
  let database: TestDatabase;
  let adapters: Adapters;

  beforeAll(async () => {
    database = await TestDatabase.create();
    adapters = await Adapters.connect(database.url);
  });

  afterAll(async () => {
    await adapters.close();
    await database.close();
  });

  it("leaves TypeORM's schema builder nothing to change", async () => {
    const { upQueries } = await adapters.dataSource.driver.createSchemaBuilder().log();

    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('has each index under its name, as defined', async () => {
    const rows = await database.query<{ name: string; definition: string }>(
      `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
       WHERE schemaname = 'public' AND tablename <> 'migrations'`,
    );

    expect(asObject(rows)).toEqual(INDEXES);
  });

  it('has each check and each foreign key under its name, as defined', async () => {
    const rows = await database.query<{ name: string; definition: string }>(
      `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')`,
    );

    expect(asObject(rows)).toEqual(CONSTRAINTS);
  });

  it('keeps room on the pages of streams for updates in place, and orders events by transaction', async () => {
    const [table] = await database.query(
      `SELECT reloptions FROM pg_class WHERE oid = 'streams'::regclass`,
    );
    const columns = await database.query(
      `SELECT column_name AS name, data_type AS type, column_default AS value, identity_generation AS identity
       FROM information_schema.columns
       WHERE table_name = 'stream_events' AND column_name IN ('seq', 'xid') ORDER BY 1`,
    );

    expect(table).toEqual({ reloptions: ['fillfactor=85'] });
    expect(columns).toEqual([
      { name: 'seq', type: 'bigint', value: null, identity: 'ALWAYS' },
      { name: 'xid', type: 'xid8', value: 'pg_current_xact_id()', identity: null },
    ]);
  });

  it('refuses a status that does not go with what is desired', async () => {
    const insert = database.query(
      `INSERT INTO nodes VALUES ('n', '', '{}', 1);
       INSERT INTO streams SELECT (jsonb_populate_record(NULL::streams, '{
         "id": "0198c0de-0000-7000-8000-000000000001", "camera_id": "c", "node_id": "n", "path": "p",
         "source_url": "", "source_has_user_info": false, "source_has_query": false,
         "on_demand": false, "transport": "tcp", "labels": {}, "desired": "STOPPED",
         "status": "RUNNING", "generation": 1, "applied_generation": 0, "removal_pending": false,
         "reconnects": 0, "created_at": "now", "intent_at": "now", "updated_at": "now",
         "version": 1}')).*`,
    );

    await expect(insert).rejects.toMatchObject({ constraint: 'ck_streams_stopped' });
  });
});

describe('migrating an empty database', () => {
  let database: TestDatabase;

  async function migrationsRun(): Promise<string[]> {
    const rows = await database.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return rows.map(({ name }) => name);
  }

  async function migrateProcess(): Promise<ChildProcess> {
    return ChildProcess.start(process.execPath, [MIGRATE], {
      env: { DATABASE_URL: database.url },
    });
  }

  async function waitersFor(event: string): Promise<void> {
    await eventually(
      async () => {
        const rows = await database.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1`,
          [event],
        );
        expect(rows).not.toHaveLength(0);
      },
      { timeoutMs: 20_000 },
    );
  }

  beforeEach(async () => {
    database = await TestDatabase.createEmpty();
  });

  afterEach(async () => {
    await database.close();
  });

  it.each([2, 5])('runs each migration once when %i replicas start at once', async (replicas) => {
    const connected = await Promise.all(
      Array.from({ length: replicas }, () =>
        connectDatabase({ url: database.url, shouldMigrate: true }),
      ),
    );

    expect(await migrationsRun()).toEqual(MIGRATION_NAMES);
    await Promise.all(connected.map((dataSource) => assertMigrated(dataSource)));
    await Promise.all(connected.map((dataSource) => dataSource.destroy()));
  });

  it('is nothing to do the second time', async () => {
    const dataSource = await newDataSource(database.url).initialize();

    expect(await migrate(dataSource)).toEqual(MIGRATION_NAMES);
    expect(await migrate(dataSource)).toEqual([]);
    await dataSource.destroy();
  });

  it('goes on when a migrator is killed while it holds the lock', async () => {
    // The name that it needs next is taken by somebody who has not made up his mind.
    const undecided = await database.connect();
    await undecided.query('BEGIN; CREATE TABLE nodes (id int)');
    const killed = await migrateProcess();
    await waitersFor('transactionid');
    const next = await migrateProcess();
    await waitersFor('advisory');

    await killed.kill9();
    await undecided.query('ROLLBACK');
    undecided.release();

    expect(await next.exited).toBe(0);
    expect(await migrationsRun()).toEqual(MIGRATION_NAMES);
  });

  it('waits for a migration that takes longer than any query may', async () => {
    const slow = await database.connect();
    await slow.query('BEGIN; CREATE TABLE nodes (id int)');
    const migrator = await migrateProcess();
    await waitersFor('transactionid');
    const waiting = await migrateProcess();
    await waitersFor('advisory');

    await slow.query('SELECT pg_sleep(6)');
    await slow.query('ROLLBACK');
    slow.release();

    expect(await Promise.all([migrator.exited, waiting.exited])).toEqual([0, 0]);
    expect(await migrationsRun()).toEqual(MIGRATION_NAMES);
  });

  it('leaves no trace of a migration that fails', async () => {
    await database.query('CREATE TABLE stream_events (id int)');
    const migrator = await migrateProcess();

    expect(await migrator.exited).toBe(1);
    expect(migrator.output).toContain('relation "stream_events" already exists');
    const rows = await database.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    expect(rows).toEqual([{ tablename: 'stream_events' }]);
  });

  it('is left to others when told so, without touching the database', async () => {
    const dataSource = await newDataSource(database.url).initialize();

    await expect(assertMigrated(dataSource)).rejects.toThrow(
      'relation "migrations" does not exist',
    );
    expect(await database.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    await dataSource.destroy();
  });
});

function asObject(rows: readonly { name: string; definition: string }[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
}
