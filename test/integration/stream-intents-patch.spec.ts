/** A patch and a retry as statements: one transaction, one winner, and nothing written in vain. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream, aSource } from '#test/support/postgres/builders.js';
import { type TestDatabase } from '#test/support/postgres/test-database.js';
import { type TwoReplicas, openTwoReplicas, startOn } from '#test/support/postgres/two-replicas.js';
import { WrittenRows } from '#test/support/postgres/written-rows.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { CANARY } from '../support/canary/canary.mjs';

const ELSEWHERE = aSource('10.0.0.2:554/main');

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

describe('a patch', () => {
  it.each([
    ['patch', () => ({ source: ELSEWHERE })],
    ['retry', () => null],
  ])('and its event are one transaction: %s', async (_, changeOf) => {
    const id = await start();
    const change = changeOf();

    await (change === null ? one.streams.retry(id, null) : one.streams.patch(id, change, null));

    const rows = await database.query(
      `SELECT s.version AS row_version, e.version, e.generation, e.actor, s.intent_at > s.created_at AS is_new,
         s.xmin::text::numeric = e.xid::text::numeric % 4294967296 AS together
       FROM streams s JOIN stream_events e ON e.stream_id = s.id AND e.version = 2 WHERE s.id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { row_version: 2, version: 2, generation: 2, actor: 'api', is_new: true, together: true },
    ]);
  });

  it('changes nothing when its event cannot be written', async () => {
    const id = await start();
    await database.query('ALTER TABLE stream_events ADD CONSTRAINT none CHECK (false) NOT VALID');
    const failing = [
      one.streams.patch(id, { source: ELSEWHERE }, null),
      one.streams.retry(id, null),
    ];
    await Promise.all(failing.map((call) => expect(call).rejects.toThrow('a statement failed')));
    await database.query('ALTER TABLE stream_events DROP CONSTRAINT none');

    expect(await one.streams.findById(id)).toMatchObject({
      generation: 1,
      sourceUrl: aSource().url,
    });
  });

  it('writes no row when nothing differs, when it is refused, and when it is only a preview', async () => {
    const stopped = await start();
    await one.streams.stop(stopped);
    const id = await start({ labels: { site: 'north' } });
    const rows = await WrittenRows.since(database);
    const [before] = await database.query('SELECT * FROM streams WHERE id = $1', [id]);

    await one.streams.patch(id, {}, null);
    await one.streams.patch(
      id,
      {
        source: aSource(),
        onDemand: false,
        transport: 'automatic',
        labels: { site: 'north', x: null },
      },
      [1],
    );
    await one.streams.patch(id, { source: ELSEWHERE }, [2]);
    await one.streams.patch(stopped, { source: ELSEWHERE }, null);
    await one.streams.previewPatch(id, { source: ELSEWHERE, labels: null }, [1]);
    await one.streams.retry(id, [2]);

    expect(await rows.count()).toBe(0);
    expect(await database.query('SELECT * FROM streams WHERE id = $1', [id])).toEqual([before]);
  });

  it('of labels writes the row and no event', async () => {
    const id = await start();
    const rows = await WrittenRows.since(database);

    await one.streams.patch(id, { labels: { site: 'north' } }, [1]);

    expect(await rows.count()).toBe(1);
    const [row] = await database.query(
      `SELECT version, generation, intent_at < updated_at AS is_old_intent
       FROM streams WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({ version: 2, generation: 1, is_old_intent: true });
  });

  it('does not wait for a row that somebody changes, when it is only a preview', async () => {
    const id = await start();
    const client = await database.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM streams WHERE id = $1 FOR UPDATE', [id]);
      const preview = await one.streams.previewPatch(id, { source: ELSEWHERE }, [1]);
      expect(preview).toMatchObject({ effect: 'restart' });
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('lets all of many concurrent patches of labels under one generation win', async () => {
    const id = await start();
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);

    const outcomes = await Promise.all(
      keys.map((key, index) =>
        (index % 2 === 0 ? one : other).streams.patch(id, { labels: { [key]: 'v' } }, [1]),
      ),
    );

    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['patched']));
    const stream = await one.streams.findById(id);
    expect(Object.keys(stream?.labels ?? {}).sort()).toEqual([...keys].sort());
  });

  it('lets exactly one of many concurrent patches of the source under one generation win', async () => {
    const stream = aNewStream();
    await one.streams.start(stream);

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (index % 2 === 0 ? one : other).streams.patch(
          stream.id,
          { source: aSource(`10.0.1.${index + 1}:554/main`) },
          [1],
        ),
      ),
    );

    const won = outcomes.flatMap((outcome) => (outcome.kind === 'patched' ? [outcome.stream] : []));
    expect(won).toHaveLength(1);
    const lost = outcomes.filter(({ kind }) => kind !== 'patched');
    expect(lost).toEqual(Array.from({ length: 29 }, () => ({ kind: 'stale', generation: 2 })));
    const intent = await one.streams.intentFor(NODE_ID, stream.path);
    expect(intent?.spec?.source.url).toBe(won[0]?.sourceUrl);
    expect(await one.streams.events(stream.id, { limit: 10, beforeVersion: null })).toHaveLength(2);
  });

  it('against a stop never brings the stream back', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => start()));

    await Promise.all(
      ids.flatMap((id) => [
        other.streams.stop(id),
        one.streams.patch(id, { source: ELSEWHERE }, null),
        one.streams.retry(id, null),
      ]),
    );

    for (const id of ids) {
      expect(await one.streams.findById(id)).toMatchObject({
        desired: 'STOPPED',
        status: 'STOPPED',
        reason: 'REMOVAL_PENDING',
      });
    }
  });

  it('keeps the secret of a new source in its column, and shows it to the writer only', async () => {
    const stream = aNewStream({
      source: { url: 'rtsp://h/', secret: { userInfo: null, query: null } },
    });
    await one.streams.start(stream);
    const patched = await one.streams.patch(stream.id, { source: ELSEWHERE }, null);

    const [row] = await database.query(
      `SELECT to_jsonb(s) - 'source_secret' AS rest, source_has_user_info, source_has_query
       FROM streams s WHERE id = $1`,
      [stream.id],
    );
    expect(row).toMatchObject({ source_has_user_info: true, source_has_query: true });
    const events = await one.streams.events(stream.id, { limit: 10, beforeVersion: null });
    expect(JSON.stringify([patched, row, events])).not.toContain(CANARY);
    const intent = await one.streams.intentFor(NODE_ID, stream.path);
    expect(intent?.spec?.source).toEqual(ELSEWHERE);
  });
});
