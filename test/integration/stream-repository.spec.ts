/** Intents: start and stop, alone and many at once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Database } from '#platform/database/database.js';
import { fullSourceUrl } from '#streaming/domain/source-url.js';
import { ACTIVE_ID_SQL } from '#streaming/infrastructure/postgres/stream-queries.js';
import { TypeOrmStreamRepository } from '#streaming/infrastructure/postgres/typeorm-stream-repository.js';
import { type Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream, aNode, aSource } from '#test/support/postgres/builders.js';
import { type TestDatabase } from '#test/support/postgres/test-database.js';
import { type TwoReplicas, openTwoReplicas, startOn } from '#test/support/postgres/two-replicas.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { CANARY } from '../support/canary/canary.mjs';

let replicas: TwoReplicas;
let database: TestDatabase;
let one: Adapters;
let other: Adapters;

beforeAll(async () => {
  silentLogs();
  replicas = await openTwoReplicas();
  ({ database, one, other } = replicas);
});

afterAll(() => replicas.close());

const start = (given?: Parameters<typeof aNewStream>[0]): Promise<string> => startOn(one, given);

async function rowsOf(cameraId: string): Promise<{ id: string; desired: string }[]> {
  return database.query('SELECT id, desired FROM streams WHERE camera_id = $1 ORDER BY id', [
    cameraId,
  ]);
}

/** While `act` runs no event can be written. */
async function withoutEvents(act: () => Promise<void>): Promise<void> {
  await database.query('ALTER TABLE stream_events ADD CONSTRAINT none CHECK (false) NOT VALID');
  await act().finally(() => database.query('ALTER TABLE stream_events DROP CONSTRAINT none'));
}

describe('start', () => {
  it('writes the row and its first event in one transaction', async () => {
    const id = await start();

    const rows = await database.query(
      `SELECT s.status, s.version AS row_version, e.version, e.generation, e.type, e.from_status,
         e.to_status, e.reason, e.actor, s.xmin::text::numeric = e.xid::text::numeric % 4294967296 AS together
       FROM streams s JOIN stream_events e ON e.stream_id = s.id WHERE s.id = $1`,
      [id],
    );
    expect(rows).toEqual([
      {
        status: 'STARTING',
        row_version: 1,
        version: 1,
        generation: 1,
        type: 'stream.status_changed',
        from_status: null,
        to_status: 'STARTING',
        reason: null,
        actor: 'api',
        together: true,
      },
    ]);
  });

  it('writes no row when the event cannot be written', async () => {
    const stream = aNewStream();

    await withoutEvents(async () => {
      await expect(one.streams.start(stream)).rejects.toThrow('a statement failed');
    });

    expect(await rowsOf(stream.cameraId)).toEqual([]);
  });

  it('answers the stream as it is read afterwards', async () => {
    const stream = aNewStream({ labels: { site: 'north', 'käfig "3"': "o'hara" }, onDemand: true });

    const outcome = await one.streams.start(stream);

    expect(outcome).toMatchObject({
      kind: 'started',
      stream: {
        id: stream.id,
        cameraId: stream.cameraId,
        path: `cam/${stream.cameraId}`,
        sourceUrl: 'rtsp://10.0.0.1:554/main',
        hasUserInfo: true,
        hasQuery: true,
        onDemand: true,
        labels: stream.labels,
        desired: 'RUNNING',
        status: 'STARTING',
        reason: null,
        lastError: null,
        removalPending: false,
        generation: 1,
        startedAt: null,
        stoppedAt: null,
        playback: aNode().playback,
      },
    });
    expect({ kind: 'started', stream: await other.streams.findById(stream.id) }).toEqual(outcome);
  });

  it('keeps user information and query in a column of their own, and shows them to the writer only', async () => {
    const stream = aNewStream();
    await one.streams.start(stream);

    const [row] = await database.query<{ rest: object; secret: string }>(
      `SELECT to_jsonb(s) - 'source_secret' AS rest, convert_from(source_secret, 'UTF8') AS secret
       FROM streams s WHERE id = $1`,
      [stream.id],
    );
    const read = [
      await one.streams.findById(stream.id),
      await one.streams.list({ cameraId: stream.cameraId }, { limit: 1, beforeId: null }),
      await one.streams.events(stream.id, { limit: 1, beforeVersion: null }),
      row?.rest,
    ];
    expect(JSON.stringify(read)).not.toContain(CANARY);
    expect(JSON.parse(String(row?.secret))).toEqual({
      userInfo: `admin:${CANARY}`,
      query: `token=${CANARY}`,
    });
    const intent = await one.streams.intentFor(NODE_ID, stream.path);
    expect(intent?.spec?.source).toEqual(aSource());
    expect(fullSourceUrl(aSource())).toContain(CANARY);
  });

  it('stores no secret where there is none', async () => {
    const source = { url: 'rtsp://10.0.0.1/a', secret: { userInfo: null, query: null } };
    const stream = aNewStream({ source });
    await one.streams.start(stream);

    const rows = await database.query('SELECT source_secret FROM streams WHERE id = $1', [
      stream.id,
    ]);
    expect(rows).toEqual([{ source_secret: null }]);
    expect((await one.streams.intentFor(NODE_ID, stream.path))?.spec?.source).toEqual(source);
  });

  it('says at once when the node is known to be down', async () => {
    const leases = one.leases('writer');
    const fence = await leases.hold(NODE_ID, null);
    if (fence === null) throw new Error('the lease is taken');
    const conditions = {
      cause: null,
      writeCause: null,
      version: null,
      isPoisoned: false,
      hazards: [],
      unknownPaths: 0,
      agentCause: null,
      leftOutPaths: 0,
      bootFileCause: null,
    };

    await leases.saveConditions(fence, { isReachable: false, ...conditions });
    const down = await one.streams.findById(await start());
    await leases.saveConditions(fence, { isReachable: true, ...conditions });
    const up = await one.streams.findById(await start());

    expect(down?.reason).toBe('NODE_UNREACHABLE');
    expect(up?.reason).toBeNull();
  });

  it('lets one of 100 concurrent starts over two pools win, and tells the others which', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? one : other).streams.start(aNewStream({ cameraId: 'crowded' })),
      ),
    );

    const [row, ...more] = await rowsOf('crowded');
    expect(more).toEqual([]);
    const started = outcomes.filter(({ kind }) => kind === 'started');
    const busy = outcomes.filter((outcome) => outcome.kind === 'busy');
    expect(started).toMatchObject([{ stream: { id: row?.id } }]);
    expect(busy).toHaveLength(99);
    expect(new Set(busy.map(({ activeStreamId }) => activeStreamId))).toEqual(new Set([row?.id]));
  });

  it('has exactly one active stream after any mix of concurrent starts and stops', async () => {
    const cameraId = 'churned';
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const { streams } = index % 2 === 0 ? one : other;
        const outcome = await streams.start(aNewStream({ cameraId }));
        if (outcome.kind === 'no_room') throw new Error('a node without a limit is full');
        await streams.stop(outcome.kind === 'started' ? outcome.stream.id : outcome.activeStreamId);
      }),
    );
    await start({ cameraId });

    const rows = await rowsOf(cameraId);
    expect(rows.filter(({ desired }) => desired === 'RUNNING')).toHaveLength(1);
    const events = await database.query<{ count: number }>(
      `SELECT count(*)::int FROM stream_events WHERE stream_id = ANY($1)`,
      [rows.map(({ id }) => id)],
    );
    expect(events[0]?.count).toBe(2 * rows.length - 1);
  });

  it('tries again when the stream that was in its way is stopped before it can be named', async () => {
    const first = await start({ cameraId: 'revolving' });
    const interrupted = new InterruptedDatabase(one, () => other.streams.stop(first));

    const outcome = await new TypeOrmStreamRepository(interrupted).start(
      aNewStream({ cameraId: 'revolving' }),
    );

    expect(outcome.kind).toBe('started');
    expect((await rowsOf('revolving')).map(({ desired }) => desired)).toEqual([
      'STOPPED',
      'RUNNING',
    ]);
  });

  it('is unavailable for now when a camera is started and stopped too fast to decide', async () => {
    let active = await start({ cameraId: 'spinning' });
    const interrupted = new InterruptedDatabase(
      one,
      () => other.streams.stop(active),
      async () => {
        active = await start({ cameraId: 'spinning' });
      },
    );

    const starting = new TypeOrmStreamRepository(interrupted).start(
      aNewStream({ cameraId: 'spinning' }),
    );

    await expect(starting).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'stream.camera_contended',
    });
  });
});

describe('stop', () => {
  it('commits the stop and its event in one transaction, and keeps the path for removal', async () => {
    const id = await start();

    const outcome = await one.streams.stop(id);

    expect(outcome).toMatchObject({
      hasStopped: true,
      stream: {
        desired: 'STOPPED',
        status: 'STOPPED',
        reason: 'REMOVAL_PENDING',
        removalPending: true,
        generation: 2,
        stoppedAt: expect.any(Date),
      },
    });
    const events = await one.streams.events(id, { limit: 10, beforeVersion: null });
    expect(events).toMatchObject([
      { version: 2, generation: 2, fromStatus: 'STARTING', toStatus: 'STOPPED' },
      { version: 1, generation: 1, fromStatus: null, toStatus: 'STARTING' },
    ]);
    const [together] = await database.query(
      `SELECT s.xmin::text::numeric = e.xid::text::numeric % 4294967296 AS yes
       FROM streams s JOIN stream_events e ON e.stream_id = s.id AND e.version = 2 WHERE s.id = $1`,
      [id],
    );
    expect(together).toEqual({ yes: true });
  });

  it('stops nothing when the event cannot be written', async () => {
    const id = await start();

    await withoutEvents(async () => {
      await expect(one.streams.stop(id)).rejects.toThrow('a statement failed');
    });

    expect(await one.streams.findById(id)).toMatchObject({ status: 'STARTING', generation: 1 });
  });

  it('answers a stopped stream as it is, with the same instant and no second event', async () => {
    const id = await start();
    const first = await one.streams.stop(id);

    const second = await other.streams.stop(id);

    expect(first).toMatchObject({ previousStatus: 'STARTING', hasStopped: true });
    expect(second).toEqual({ ...first, previousStatus: 'STOPPED', hasStopped: false });
    expect(await one.streams.events(id, { limit: 10, beforeVersion: null })).toHaveLength(2);
  });

  it('writes one event for many concurrent stops, which all answer the same instant', async () => {
    const id = await start();

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? one : other).streams.stop(id)),
    );

    const stopped = outcomes.flatMap((outcome) => (outcome.kind === 'stopped' ? [outcome] : []));
    expect(stopped).toHaveLength(30);
    expect(stopped.filter(({ hasStopped }) => hasStopped)).toHaveLength(1);
    const instants = stopped.map(({ stream }) => stream.stoppedAt?.getTime());
    expect(new Set(instants).size).toBe(1);
    expect(instants[0]).toBeGreaterThan(0);
    expect(await one.streams.events(id, { limit: 10, beforeVersion: null })).toHaveLength(2);
  });

  it('knows no stream of an unknown id', async () => {
    expect(await one.streams.stop('0198c0de-0000-7000-8000-00000000ffff')).toEqual({
      kind: 'not_found',
    });
  });

  it('leaves the camera free for a new stream on the same path', async () => {
    const cameraId = 'again';
    await one.streams.stop(await start({ cameraId }));
    const second = await start({ cameraId });

    expect(await one.streams.intentFor(NODE_ID, 'cam/again')).toMatchObject({
      state: { id: second, status: 'STARTING', generation: 1 },
    });
  });
});

describe('a node', () => {
  it('is written when it changes, and left alone when it does not', async () => {
    const row = `SELECT xmin::text, ctid::text, api_url FROM nodes WHERE id = 'changing'`;
    await one.directory.upsert(aNode({ id: 'changing' }));
    const written = await database.query(row);

    await other.directory.upsert(aNode({ id: 'changing' }));
    expect(await database.query(row)).toEqual(written);

    await other.directory.upsert(aNode({ id: 'changing', apiUrl: 'http://elsewhere/' }));
    expect(await database.query(row)).toMatchObject([{ api_url: 'http://elsewhere/' }]);
  });
});

/** Lets something happen around the look at who holds a camera. */
class InterruptedDatabase extends Database {
  constructor(
    { dataSource }: Adapters,
    private readonly before: () => Promise<unknown>,
    private readonly after: () => Promise<unknown> = () => Promise.resolve(),
  ) {
    super(dataSource);
  }

  override async query<Row extends object>(
    sql: string,
    parameters: readonly unknown[],
  ): Promise<Row[]> {
    if (sql !== ACTIVE_ID_SQL) return super.query(sql, parameters);
    await this.before();
    const rows = await super.query<Row>(sql, parameters);
    await this.after();
    return rows;
  }
}
