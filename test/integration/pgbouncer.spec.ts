/** All that Vigia does with Postgres, through a pooler that changes connections between transactions. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { DatabaseUnavailable } from '#platform/database/database.js';
import { Stream } from '#streaming/domain/stream.js';
import { STREAMING_MIGRATIONS } from '#streaming/infrastructure/postgres/schema.js';
import { PgBouncer } from '#test/support/pgbouncer.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream, aNode } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { connectDatabase } from '../../apps/api/connect-database.js';

/** Fewer than those who wait for each other below. */
const POOL_SIZE = 2;

const describeWithPgBouncer = PgBouncer.find() === null ? describe.skip : describe;

describeWithPgBouncer('behind a transaction pooler (needs pgbouncer)', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let one: Adapters;
  let other: Adapters;

  beforeAll(async () => {
    silentLogs();
    database = await TestDatabase.createEmpty();
    bouncer = await PgBouncer.start(database.url, { poolSize: POOL_SIZE });
    const replicas = await Promise.all(
      [1, 2, 3, 4].map(() => connectDatabase({ url: bouncer.url, shouldMigrate: true })),
    );
    await Promise.all(replicas.map((replica) => replica.destroy()));
    one = await Adapters.connect(bouncer.url, { queryTimeoutMs: 1_000 });
    other = await Adapters.connect(bouncer.url);
    await one.directory.upsert(aNode());
  });

  // First, so that nobody waits behind it for ever when something has failed.
  afterAll(() => bouncer.stop());

  afterAll(async () => {
    await Promise.all([one.close(), other.close(), database.close()]);
  });

  it('four replicas that start at once run each migration once, over two connections', async () => {
    const rows = await database.query('SELECT name FROM migrations');

    expect(rows).toEqual(STREAMING_MIGRATIONS.map(({ name }) => ({ name })));
  });

  it('one of two owners holds the lease, renews it, and hands it over', async () => {
    const [a, b] = [one.leases('a'), other.leases('b')];

    const fence = await a.hold(NODE_ID, null);
    expect(fence).toMatchObject({ owner: 'a', epoch: '1' });
    expect(await b.hold(NODE_ID, null)).toBeNull();
    expect(await a.hold(NODE_ID, 1_000)).toEqual(fence);
    if (fence !== null) await a.release(fence);
    expect(await b.hold(NODE_ID, null)).toMatchObject({ owner: 'b', epoch: '2' });
    expect(await a.report()).toMatchObject([{ nodeId: NODE_ID, owner: 'b', isLeased: true }]);
  });

  it('one of 50 concurrent starts wins, is read, observed and stopped', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? one : other).streams.start(aNewStream({ cameraId: 'pooled' })),
      ),
    );
    const [won, ...more] = outcomes.filter((outcome) => outcome.kind === 'started');
    expect(more).toEqual([]);
    const id = won?.stream.id ?? '';

    const [state] = await other.streams.workingSet(NODE_ID, 0);
    const stream = new Stream(state!);
    stream.observedRunning();
    const fence = await other.leases('b').hold(NODE_ID, null);
    const saved = await one.streams.saveObserved([stream.change()!], fence);
    expect([...saved.keys()]).toEqual([id]);
    expect(await one.streams.stop(id)).toMatchObject({ hasStopped: true });
    expect(await other.streams.stop(id)).toMatchObject({ hasStopped: false });
    expect(await one.streams.list({}, { limit: 9, beforeId: null })).toMatchObject([
      { id, status: 'STOPPED' },
    ]);
    const events = await other.streams.events(id, { limit: 9, beforeVersion: null });
    expect(events?.map(({ toStatus }) => toStatus)).toEqual(['STOPPED', 'RUNNING', 'STARTING']);
  });

  it('a statement that takes too long is given up, and the connection is not used again', async () => {
    const admin = await database.connect();
    await admin.query('BEGIN; LOCK TABLE streams IN ACCESS EXCLUSIVE MODE');
    await expect(one.streams.start(aNewStream())).rejects.toBeInstanceOf(DatabaseUnavailable);
    await admin.query('COMMIT');
    admin.release();

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => one.streams.start(aNewStream())),
    );
    expect(outcomes.every(({ kind }) => kind === 'started')).toBe(true);
  });
});
