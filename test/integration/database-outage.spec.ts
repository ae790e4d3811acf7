/** What the database layer makes of a Postgres that refuses, breaks, hangs, or is full. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { inspect } from 'node:util';

import pg from 'pg';
import { type DataSource, QueryFailedError } from 'typeorm';

import { Database, DatabaseUnavailable, StatementFailed } from '#platform/database/database.js';
import { KillOnTimeoutClient } from '#platform/database/kill-on-timeout-client.js';
import { eventually } from '#test/support/eventually.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream, aNode } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { Proxy } from '#test/support/proxy.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { CANARY } from '../support/canary/canary.mjs';

const POOL_SIZE = 8;
/** Short for a test, long for a statement. */
const QUERY_TIMEOUT_MS = 700;

let database: TestDatabase;
let proxy: Proxy;
let adapters: Adapters;

beforeAll(async () => {
  silentLogs();
  database = await TestDatabase.create();
  proxy = await Proxy.start(Number(new URL(database.url).port));
  adapters = await Adapters.connect(proxy.through(database.url), {
    queryTimeoutMs: QUERY_TIMEOUT_MS,
  });
  await adapters.directory.upsert(aNode());
});

afterEach(() => {
  proxy.heal();
});

afterAll(async () => {
  await adapters.close();
  await proxy.stop();
  await database.close();
});

const ask = (): Promise<object[]> => adapters.database.query('SELECT 1');

const askMany = (count: number): Promise<PromiseSettledResult<object[]>[]> =>
  Promise.allSettled(Array.from({ length: count }, ask));

/** Every connection that the pool hands out works. */
async function expectHealthyPool(): Promise<void> {
  const answers = await askMany(3 * POOL_SIZE);
  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
}

async function statementsUnderWay(): Promise<number> {
  const rows = await database.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
     AND application_name = 'vigia' AND state = 'active'`,
  );
  return rows.length;
}

describe('a Postgres that refuses connections', () => {
  it('is unavailable, and usable again without a new pool', async () => {
    const { port } = proxy;
    await proxy.stop();

    const answers = await askMany(2 * POOL_SIZE);

    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(ask()).rejects.toBeInstanceOf(DatabaseUnavailable);
    proxy = await Proxy.start(Number(new URL(database.url).port), port);
    await expectHealthyPool();
  });
});

describe('connections that break', () => {
  it('while idle are replaced before anybody notices', async () => {
    await askMany(POOL_SIZE);
    proxy.cut();
    await eventually(() => {
      expect(proxy.openLinks).toBe(0);
    });

    await eventually(expectHealthyPool);
  });

  it('in the middle of a statement make it unavailable, and only that one', async () => {
    const asleep = adapters.database.query('SELECT pg_sleep(30)').catch((err: unknown) => err);
    await eventually(async () => {
      expect(await statementsUnderWay()).toBe(1);
    });

    proxy.cut();

    expect(await asleep).toBeInstanceOf(DatabaseUnavailable);
    await eventually(expectHealthyPool);
  });

  it('are renewed for the lease, too', async () => {
    const leases = adapters.leases('a');
    const fence = await leases.hold(NODE_ID, null);

    proxy.cut();

    await eventually(async () => {
      expect(await leases.hold(NODE_ID, null)).toEqual(fence);
    });
  });
});

describe('a connection that ends in the moment in which it is handed out', () => {
  it('fails the next query on it, and not the process', async () => {
    const server = await shuttingDownServer();
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      Client: KillOnTimeoutClient,
    });

    const client = await pool.connect();

    await expect(client.query('SELECT 1')).rejects.toThrow('not queryable');
    client.release();
    await pool.end();
    server.close();
  });

  /** Says in one breath that it is ready, and that it shuts down. */
  async function shuttingDownServer(): Promise<Server> {
    const said = [
      message('R', Buffer.alloc(4)),
      message('Z', Buffer.from('I')),
      message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0')),
    ];
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(Buffer.concat(said)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  /** As the protocol has it: a letter, the length of the rest with itself, the rest. */
  function message(type: string, body: Buffer): Buffer {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  }
});

describe('a Postgres that hangs', () => {
  it('is unavailable once the deadlines have passed, for connections old and new', async () => {
    await askMany(POOL_SIZE);
    proxy.blackHole();

    const answers = await askMany(2 * POOL_SIZE);

    answers.forEach((answer) => {
      expect(answer).toEqual({ status: 'rejected', reason: expect.any(DatabaseUnavailable) });
    });
  });

  it('is usable again as soon as it goes on', async () => {
    proxy.blackHole();
    await askMany(POOL_SIZE);

    proxy.heal();

    await expectHealthyPool();
  });

  it('fails each connection that it keeps silent once, and never again', async () => {
    await askMany(POOL_SIZE);
    proxy.silenceLinks();
    await askMany(POOL_SIZE);

    await expectHealthyPool();
  });

  it('costs the lease its connection, not its epoch', async () => {
    const leases = adapters.leases('a', 60_000, QUERY_TIMEOUT_MS);
    const fence = await leases.hold(NODE_ID, null);
    proxy.blackHole();
    await expect(leases.hold(NODE_ID, null)).rejects.toThrow('timeout');

    proxy.heal();

    expect(await leases.hold(NODE_ID, null)).toEqual(fence);
  });
});

describe('an answer that is lost', () => {
  it('leaves a start that its caller can find again, and never a second one', async () => {
    const stream = aNewStream();
    await askMany(1);
    proxy.swallowAnswers();
    await expect(adapters.streams.start(stream)).rejects.toBeInstanceOf(DatabaseUnavailable);
    proxy.heal();

    const again = await eventually(() =>
      adapters.streams.start(aNewStream({ cameraId: stream.cameraId })),
    );

    expect(again).toEqual({ kind: 'busy', activeStreamId: stream.id });
    const events = await adapters.streams.events(stream.id, { limit: 9, beforeVersion: null });
    expect(events).toHaveLength(1);
  });
});

describe('a statement that takes too long', () => {
  it('is ended on the server, too, and does not happen after its caller gave up', async () => {
    const admin = await database.connect();
    await admin.query('BEGIN; LOCK TABLE streams IN ACCESS EXCLUSIVE MODE');
    const stream = aNewStream();

    await expect(adapters.streams.start(stream)).rejects.toBeInstanceOf(DatabaseUnavailable);

    await eventually(async () => {
      const waiting = await admin.query(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND database =
           (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(waiting.rows).toEqual([]);
    });
    await admin.query('COMMIT');
    admin.release();
    expect(await adapters.streams.findById(stream.id)).toBeNull();
    await expectHealthyPool();
  });
});

describe('a pool without a free connection', () => {
  it('is unavailable after the deadline for connecting, and free again when one comes back', async () => {
    const runners = Array.from({ length: POOL_SIZE }, () =>
      adapters.dataSource.createQueryRunner(),
    );
    await Promise.all(runners.map((runner) => runner.connect()));

    await expect(ask()).rejects.toBeInstanceOf(DatabaseUnavailable);

    await Promise.all(runners.map((runner) => runner.release()));
    await expectHealthyPool();
  });
});

describe('what Postgres itself says', () => {
  const raise = (state: string): Promise<unknown> =>
    adapters.database.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$`);

  it.each([
    ['a connection is broken', '08006'],
    ['it is read-only after a failover', '25006'],
    ['the password is wrong', '28P01'],
    ['there is no such database', '3D000'],
    ['two transactions are in each other’s way', '40P01'],
    ['its disk is full', '53100'],
    ['it has no connection left', '53300'],
    ['a lock is not free', '55P03'],
    ['it shuts down', '57P01'],
    ['it starts up', '57P03'],
    ['a file cannot be read', '58030'],
  ])('means "not now" when %s', async (_, state) => {
    await expect(raise(state)).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  it.each([
    ['a constraint', '23514'],
    ['a value', '22P02'],
    ['a name', '42P01'],
  ])('means a fault of ours when it is about %s', async (_, state) => {
    await expect(raise(state)).rejects.toMatchObject({ name: 'StatementFailed', sqlState: state });
  });

  it('is told without the parameters of the statement, which hold secrets', async () => {
    const stream = aNewStream({ places: [{ nodeId: 'unknown', capacity: null }] });

    const failure: unknown = await adapters.streams.start(stream).catch((err: unknown) => err);

    expect(failure).toBeInstanceOf(StatementFailed);
    expect(failure).toMatchObject({ sqlState: '23503', constraint: 'fk_streams_node' });
    const told = inspect(failure, { depth: 10, showHidden: true });
    expect(told).not.toContain(CANARY);
    expect(told).not.toContain(Buffer.from(CANARY).toString('hex'));
  });
});

describe('what the operating system says', () => {
  it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT'])('means "not now": %s', async (code) => {
    const cause = Object.assign(new Error(`write ${code}`), { code });
    const broken = { query: () => Promise.reject(new QueryFailedError('SELECT 1', [], cause)) };

    const asking = new Database(broken as unknown as DataSource).query('SELECT 1');

    await expect(asking).rejects.toBeInstanceOf(DatabaseUnavailable);
  });
});
