import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { Database } from '#platform/database/database.js';
import { createDataSource, dataSourceOptions } from '#platform/database/data-source.js';
import { PgStreamHistory } from '#streaming/infrastructure/postgres/pg-stream-history.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

let database: TestDatabase;
let history: PgStreamHistory;
let close: () => Promise<void>;

beforeAll(async () => {
  database = await TestDatabase.create();
  const source = createDataSource(
    dataSourceOptions({ url: database.url, entities: [], migrations: [] }),
  );
  await source.initialize();
  close = () => source.destroy();
  history = new PgStreamHistory(new Database(source));
  await database.query(`INSERT INTO nodes VALUES ('n', 'http://n', '{}', 1)`);
});

afterAll(async () => {
  await close();
  await database.close();
});

/** A stream with two events of the given ages in days. */
async function insert(camera: string, state: string, agesInDays: [number, number]): Promise<void> {
  await database.query(
    `WITH s AS (
      INSERT INTO streams (id, camera_id, node_id, path, source_url, source_has_user_info,
        source_has_query, on_demand, transport, labels, desired, status, generation,
        applied_generation, removal_pending, reconnects, created_at, stopped_at, intent_at,
        updated_at, version)
      VALUES (gen_random_uuid(), $1, 'n', $1, 'rtsp://h/', false, false, false, 'tcp', '{}', $2, $2,
        1, 1, false, 0, now() - interval '400 days',
        CASE $2 WHEN 'STOPPED' THEN now() - $4 * interval '1 day' END, now(), now(), 2)
      RETURNING id)
    INSERT INTO stream_events (stream_id, version, generation, type, to_status, actor, at, data)
    SELECT id, v, 1, 't', $2, 'api', now() - age * interval '1 day', '{}'
    FROM s, (VALUES (1, $3::int), (2, $4::int)) AS e(v, age)`,
    [camera, state, ...agesInDays],
  );
}

it('forgets old events and streams that were stopped long ago, and never an active stream', async () => {
  await insert('long-gone', 'STOPPED', [200, 100]);
  await insert('just-stopped', 'STOPPED', [200, 1]);
  await insert('runs-for-a-year', 'RUNNING', [365, 364]);

  expect(await history.prune(90, 2)).toEqual({ events: 2, streams: 0 });
  expect(await history.prune(90, 100)).toEqual({ events: 3, streams: 1 });
  expect(await history.prune(90, 100)).toEqual({ events: 0, streams: 0 });
  const left = await database.query(
    `SELECT camera_id, (SELECT count(*)::int FROM stream_events e WHERE e.stream_id = s.id) AS events
     FROM streams s ORDER BY 1`,
  );
  expect(left).toEqual([
    { camera_id: 'just-stopped', events: 1 },
    { camera_id: 'runs-for-a-year', events: 0 },
  ]);
});
