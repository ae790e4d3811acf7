/** What is read: pages that hold still, what a tick works on, and the indexes behind it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';

import { MAX_STATUS_CHANGES } from '#streaming/domain/connection-quality.js';
import { type StreamFilter } from '#streaming/domain/ports/stream-repository.js';
import { Stream } from '#streaming/domain/stream.js';
import {
  ACTIVE_ID_SQL,
  EVENTS_SQL,
  FIND_SQL,
  INTENT_SQL,
  NEWEST_DESIRED_SQL,
  WORKING_SET_SQL,
  listQuery,
} from '#streaming/infrastructure/postgres/stream-queries.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream, aNode } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

let database: TestDatabase;
let adapters: Adapters;

beforeAll(async () => {
  silentLogs();
  database = await TestDatabase.create();
  adapters = await Adapters.connect(database.url);
  await adapters.directory.upsert(aNode());
  await adapters.directory.upsert(aNode({ id: 'second' }));
});

afterAll(async () => {
  await adapters.close();
  await database.close();
});

async function start(given: Parameters<typeof aNewStream>[0] = {}): Promise<string> {
  const stream = aNewStream(given);
  await adapters.streams.start(stream);
  return stream.id;
}

async function listed(filter: StreamFilter): Promise<string[]> {
  const streams = await adapters.streams.list(filter, { limit: 100, beforeId: null });
  return streams.map(({ id }) => id);
}

async function observe(
  id: string,
  tell: (stream: Stream) => void,
  nodeId = NODE_ID,
): Promise<void> {
  const states = await adapters.streams.workingSet(nodeId, 0);
  const stream = new Stream(states.find((state) => state.id === id)!);
  tell(stream);
  await adapters.streams.saveObserved([stream.change()!], null);
}

describe('what was applied', () => {
  it('is the whole source of active streams whose newest generation the node has accepted', async () => {
    const nodeId = 'second';
    const places = [{ nodeId, capacity: null }];
    const applied = aNewStream({ places, onDemand: true, transport: 'udp' });
    const [stopped, unapplied, elsewhere] = [
      aNewStream({ places }),
      aNewStream({ places }),
      aNewStream(),
    ];
    for (const stream of [applied, stopped, unapplied, elsewhere]) {
      await adapters.streams.start(stream);
    }
    const states = await adapters.streams.workingSet(nodeId, 0);
    const changes = states
      .filter(({ id }) => id !== unapplied.id)
      .map((state) => {
        const stream = new Stream(state);
        stream.applied(1);
        return stream.change()!;
      });
    await adapters.streams.saveObserved(changes, null);
    await adapters.streams.stop(stopped.id);

    expect(await adapters.streams.appliedSpecs(nodeId)).toEqual([
      {
        streamId: applied.id,
        cameraId: applied.cameraId,
        path: applied.path,
        spec: { source: applied.source, onDemand: true, transport: 'udp' },
      },
    ]);

    const wanted = await adapters.streams.wantedSpecs(nodeId);
    expect(new Set(wanted.map(({ id }) => id))).toEqual(new Set([applied.id, unapplied.id]));
    expect(wanted).toContainEqual({
      id: applied.id,
      path: applied.path,
      generation: 1,
      spec: { source: applied.source, onDemand: true, transport: 'udp' },
    });

    await observe(unapplied.id, (stream) => stream.parked(), nodeId);
    expect((await adapters.streams.wantedSpecs(nodeId)).map(({ id }) => id)).toEqual([applied.id]);
  });
});

describe('the age of an intent', () => {
  it('counts from the newest one, for each that there is', async () => {
    const [old, patched] = [await start(), await start()];
    await database.query(
      `UPDATE streams SET intent_at = now() - interval '1 hour' WHERE id = ANY($1)`,
      [[old, patched]],
    );
    await adapters.streams.patch(patched, { transport: 'udp' }, null);
    const ages = await adapters.streams.intentAges([old, patched, uuidv7()]);
    expect([...ages.keys()].sort()).toEqual([old, patched].sort());
    expect(ages.get(old)).toBeGreaterThanOrEqual(3_600_000);
    expect(ages.get(patched)).toBeLessThan(3_600_000);
  });
});

describe('the details', () => {
  const told = async (id: string): Promise<string[]> =>
    (await adapters.streams.findDetails(id))!.changes.map(
      ({ fromStatus, toStatus, isAsked }) =>
        `${fromStatus ?? 'new'}>${toStatus}${isAsked ? ' asked' : ''}`,
    );

  it('are the row and what became of its status, oldest first, with ages', async () => {
    const id = await start();
    await observe(id, (stream) => stream.observedRunning());
    await observe(id, (stream) => stream.observedLost());
    await database.query(
      `INSERT INTO stream_events (stream_id, version, generation, type, from_status, to_status,
         actor, at, data)
       VALUES ($1, 8, 2, 'stream.status_changed', 'STARTING', 'STARTING', 'api', now(), $2),
         ($1, 9, 2, 'stream.patched', 'STARTING', 'STARTING', 'api', now(), $2)`,
      [id, { by: 'patch' }],
    );
    expect(await told(id)).toEqual([
      'new>STARTING',
      'STARTING>RUNNING',
      'RUNNING>STARTING',
      'STARTING>STARTING asked',
    ]);
    const { stream, changes } = (await adapters.streams.findDetails(id))!;
    expect(stream).toEqual(await adapters.streams.findById(id));
    const [first] = changes;
    expect(first!.at).toEqual(stream.createdAt);
    expect(changes.map(({ ageMs }) => ageMs)).toEqual(
      changes.map(({ ageMs }) => ageMs).sort((one, other) => other - one),
    );
  });

  it('have an age of their own clock, also of long ago and of a clock that was set back', async () => {
    const id = await start();
    const ageOf = async (offset: string): Promise<number> => {
      await database.query(
        `UPDATE stream_events SET at = now() + $2::interval WHERE stream_id = $1`,
        [id, offset],
      );
      return (await adapters.streams.findDetails(id))!.changes[0]!.ageMs;
    };
    expect(await ageOf('-2 days')).toBeGreaterThanOrEqual(2 * 86_400_000);
    expect(await ageOf('1 hour')).toBe(0);
  });

  it('are bounded: the newest changes count', async () => {
    const id = await start();
    await database.query(
      `INSERT INTO stream_events (stream_id, version, generation, type, from_status, to_status,
         actor, at, data)
       SELECT $1, n, 1, 'stream.status_changed', 'RUNNING', 'STARTING', 'reconciler', now(), '{}'
       FROM generate_series(2, 1000) n`,
      [id],
    );
    const changes = await told(id);
    expect(changes).toHaveLength(MAX_STATUS_CHANGES);
    expect(changes).not.toContain('new>STARTING');
  });

  it('are nothing for an unknown stream', async () => {
    expect(await adapters.streams.findDetails(uuidv7())).toBeNull();
  });
});

describe('the list', () => {
  it('is newest first, and filtered by status, camera and labels', async () => {
    const labels = { site: 'filters' };
    const north = await start({ labels: { ...labels, side: 'north' }, cameraId: 'filtered' });
    await adapters.streams.stop(north);
    const again = await start({ labels: { ...labels, side: 'north' }, cameraId: 'filtered' });
    const south = await start({ labels: { ...labels, side: `so"u'th%_` } });

    expect(await listed({ labels })).toEqual([south, again, north]);
    expect(await listed({ labels, status: 'STOPPED' })).toEqual([north]);
    expect(await listed({ labels, status: 'STARTING' })).toEqual([south, again]);
    expect(await listed({ labels, status: 'RUNNING' })).toEqual([]);
    expect(await listed({ cameraId: 'filtered' })).toEqual([again, north]);
    expect(await listed({ labels: { ...labels, side: 'north' } })).toEqual([again, north]);
    expect(await listed({ labels: { side: `so"u'th%_` } })).toEqual([south]);
    expect(await listed({ labels: { ...labels, side: 'nort' } })).toEqual([]);
  });

  /** @returns what a caller sees who asks for one page after another, with `between` in between */
  async function walk(
    labels: Record<string, string>,
    limit: number,
    between: () => Promise<unknown>,
  ): Promise<string[]> {
    const seen: string[] = [];
    for (;;) {
      const page = await adapters.streams.list(
        { labels },
        { limit, beforeId: seen.at(-1) ?? null },
      );
      seen.push(...page.map(({ id }) => id));
      if (page.length < limit) return seen;
      await between();
    }
  }

  it('shows each stream that was there exactly once, whatever starts and stops between pages', async () => {
    const churn = fc.array(fc.constantFrom('start', 'stop'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.integer({ min: 1, max: 5 }),
        churn,
        async (n, limit, acts) => {
          const labels = { run: uuidv7() };
          const there: string[] = [];
          for (let index = 0; index < n; index += 1) there.push(await start({ labels }));
          const [running, left] = [[...there], [...acts]];

          const seen = await walk(labels, limit, async () => {
            for (const act of left.splice(0, 3)) {
              if (act === 'start') running.push(await start({ labels }));
              else await adapters.streams.stop(running.shift() ?? uuidv7());
            }
          });

          expect(seen).toEqual(there.reverse());
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('the events of a stream', () => {
  it('come newest first, page by page', async () => {
    const id = await start();
    await adapters.streams.stop(id);

    const first = await adapters.streams.events(id, { limit: 1, beforeVersion: null });
    const second = await adapters.streams.events(id, { limit: 1, beforeVersion: 2 });

    expect(first).toMatchObject([{ version: 2, toStatus: 'STOPPED' }]);
    expect(second).toMatchObject([{ version: 1, toStatus: 'STARTING' }]);
    expect(await adapters.streams.events(id, { limit: 1, beforeVersion: 1 })).toEqual([]);
  });

  it('are null when there is no such stream', async () => {
    expect(await adapters.streams.events(uuidv7(), { limit: 1, beforeVersion: null })).toBeNull();
  });
});

describe('the working set', () => {
  const ids = async (lookAgeMs: number): Promise<string[]> =>
    (await adapters.streams.workingSet(NODE_ID, lookAgeMs)).map(({ id }) => id);

  it('holds what is active or still to be removed, on its own node', async () => {
    const active = await start();
    const stopped = await start();
    await adapters.streams.stop(stopped);
    const elsewhere = await start({ places: [{ nodeId: 'second', capacity: null }] });
    const removed = await start();
    await adapters.streams.stop(removed);
    await database.query('UPDATE streams SET removal_pending = false WHERE id = $1', [removed]);

    const set = await ids(0);

    expect(set).toEqual(expect.arrayContaining([active, stopped]));
    expect(set).not.toContain(elsewhere);
    expect(set).not.toContain(removed);
  });

  it('leaves out a stream that was started or stopped after the look began', async () => {
    const old = await start();
    const stopped = await start();
    await database.query(
      `UPDATE streams SET intent_at = now() - interval '1 hour' WHERE id = ANY($1)`,
      [[old, stopped]],
    );
    const fresh = await start();
    await adapters.streams.stop(stopped);

    const set = await ids(60_000);

    expect(set).toContain(old);
    expect(set).not.toContain(fresh);
    expect(set).not.toContain(stopped);
    expect(await ids(0)).toEqual(expect.arrayContaining([old, fresh, stopped]));
  });
});

describe('what a path is wanted for', () => {
  it('is what its newest row says', async () => {
    const first = await start({ cameraId: 'wanted' });
    expect(await adapters.streams.newestDesired(NODE_ID, ['cam/wanted', 'cam/unknown'])).toEqual(
      new Map([['cam/wanted', 'RUNNING']]),
    );
    await adapters.streams.stop(first);
    expect(await adapters.streams.newestDesired(NODE_ID, ['cam/wanted'])).toEqual(
      new Map([['cam/wanted', 'STOPPED']]),
    );
    expect(await adapters.streams.intentFor(NODE_ID, 'cam/wanted')).toMatchObject({
      state: { id: first, desired: 'STOPPED' },
      spec: null,
    });

    const second = await start({ cameraId: 'wanted', transport: 'tcp' });
    expect(await adapters.streams.newestDesired(NODE_ID, ['cam/wanted'])).toEqual(
      new Map([['cam/wanted', 'RUNNING']]),
    );
    expect(await adapters.streams.intentFor(NODE_ID, 'cam/wanted')).toMatchObject({
      state: { id: second, desired: 'RUNNING' },
      spec: { transport: 'tcp', onDemand: false },
    });
  });

  it('is nothing on another node, and nothing for a path without a row', async () => {
    await start({ cameraId: 'local' });

    expect(await adapters.streams.intentFor('second', 'cam/local')).toBeNull();
    expect(await adapters.streams.newestDesired('second', ['cam/local'])).toEqual(new Map());
    expect(await adapters.streams.intentFor(NODE_ID, 'cam/unknown')).toBeNull();
  });
});

describe('with a long history', () => {
  const CAMERAS = 2_000;
  const ACTIVE = 100;
  const STARTS_PER_CAMERA = 10;

  beforeAll(async () => {
    const template = await start();
    await database.query(
      `INSERT INTO streams SELECT copy.* FROM streams s, generate_series(1, $2::int * $4::int) n,
         LATERAL jsonb_populate_record(s, jsonb_build_object(
           'id', lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000',
           'camera_id', 'old-' || n % $2, 'path', 'cam/old-' || n % $2,
           'labels', jsonb_build_object('site', 'site-' || n % 500),
           'desired', CASE WHEN n <= $3 THEN 'RUNNING' ELSE 'STOPPED' END,
           'status', CASE WHEN n <= $3 THEN 'ERROR' ELSE 'STOPPED' END)) copy
       WHERE s.id = $1`,
      [template, CAMERAS, ACTIVE, STARTS_PER_CAMERA],
    );
    await database.query(
      `INSERT INTO stream_events (stream_id, version, generation, type, to_status, actor, at, data)
       SELECT id, 1, 1, 'stream.status_changed', 'STARTING', 'api', now(), '{}' FROM streams
       ON CONFLICT DO NOTHING`,
    );
    await database.query('VACUUM ANALYZE streams');
    await database.query('VACUUM ANALYZE stream_events');
  });

  async function plan(sql: string, parameters: unknown[]): Promise<string> {
    const lines = await database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  }

  const list = (filter: StreamFilter): [string, unknown[]] => {
    const { sql, parameters } = listQuery(filter, { limit: 51, beforeId: null });
    return [sql, parameters];
  };

  it.each<[string, string, string, unknown[]]>([
    ['a stream by id', 'pk_streams', FIND_SQL, [uuidv7()]],
    ['who holds a camera', 'ux_streams_active_camera', ACTIVE_ID_SQL, ['old-1']],
    ['the intent for a path', 'ix_streams_path', INTENT_SQL, [NODE_ID, 'cam/old-1']],
    ['the working set', 'ix_streams_work', WORKING_SET_SQL, [NODE_ID, 5]],
    ['unexplained paths', 'ix_streams_path', NEWEST_DESIRED_SQL, [NODE_ID, ['cam/old-1']]],
    ['events', 'ux_stream_events_version', EVENTS_SQL, [uuidv7(), null, 51]],
    ['the list', 'pk_streams', ...list({})],
    ['the list of a camera', 'ix_streams_camera', ...list({ cameraId: 'old-1' })],
    ['the list of a label', 'ix_streams_labels', ...list({ labels: { site: 'site-1' } })],
    [
      'the list of active streams',
      '(ix_streams_work|ux_streams_active)',
      ...list({ status: 'ERROR' }),
    ],
  ])('reads %s through an index', async (_, index, sql, parameters) => {
    const explained = await plan(sql, parameters);

    expect(explained).toMatch(new RegExp(`Index.* ${index}`));
    expect(explained).not.toMatch(/Seq Scan on stream/);
  });
});
