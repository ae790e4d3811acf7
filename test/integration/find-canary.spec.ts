/** The search for secrets itself: one that finds nothing must not pass for one that found nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { keepSaid } from '#test/support/canary/keep-said.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { aNewStream, aNode } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { CANARY } from '../support/canary/canary.mjs';
import { type Searched, findCanary, sumOf } from '../support/canary/find-canary.mjs';

const HEX = `\\x${Buffer.from(CANARY).toString('hex')}`;

let adapters: Adapters;
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await TestDatabase.create();
  adapters = await Adapters.connect(database.url);
});

afterAll(async () => {
  await adapters.close();
  await database.close();
});

beforeEach(async () => {
  await adapters.directory.upsert(aNode());
  await adapters.streams.start(aNewStream());
  folder = mkdtempSync(path.join(tmpdir(), 'vigia-canary-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  // The end of the run searches this database as well.
  await database.query('TRUNCATE streams, stream_events, node_leases, nodes CASCADE');
  await database.query('DROP TABLE IF EXISTS of_tomorrow');
});

function search(): Promise<{ searched: Searched; hits: string[] }> {
  const name = new URL(database.url).pathname.slice(1);
  return findCanary(folder, { query: (sql) => database.query<object>(sql) }, [name]);
}

describe('the search for secrets', () => {
  it('finds nothing in what a source with a password leaves behind, and says how much it was', async () => {
    keepSaid('log', '{"msg":"listening"}', folder);
    keepSaid('answers', 'GET / 200', folder);
    keepSaid('answers', 'GET / 404', folder);
    keepSaid('metrics', 'vigia_draining 0', folder);

    const { searched, hits } = await search();
    expect(hits).toEqual([]);
    expect(searched).toMatchObject({ log: 1, answers: 2, metrics: 1, events: 1 });
    expect(searched.tables).toBeGreaterThanOrEqual(5);
    expect(searched.rows).toBeGreaterThan(searched.events);
    expect(sumOf(searched)).toMatch(/^1 logs, 2 answers, 1 scrapes and \d+ rows of \d+ tables/);
  });

  it.each(['log', 'answers', 'metrics'] as const)('finds it in the %s', async (kind) => {
    keepSaid(kind, 'all is well', folder);
    keepSaid(kind, `${' '.repeat((1 << 20) - 20)}password=${CANARY}`, folder);
    keepSaid(kind, 'all is well', folder);

    const { searched, hits } = await search();
    expect(hits).toEqual([expect.stringContaining(`/${kind}-`)]);
    expect(searched[kind]).toBe(3);
  });

  it.each([
    ['streams', `UPDATE streams SET labels = jsonb_build_object('note', '${CANARY}')`],
    ['streams', `UPDATE streams SET last_error_detail = 'refused: ${CANARY}'`],
    ['stream_events', `UPDATE stream_events SET data = jsonb_build_object('x', '${CANARY}')`],
    ['nodes', `UPDATE nodes SET api_url = 'http://u:${CANARY}@127.0.0.1'`],
    ['of_tomorrow', `CREATE TABLE of_tomorrow AS SELECT 'at the end: ${CANARY}' AS note`],
    ['of_tomorrow', `CREATE TABLE of_tomorrow AS SELECT '${HEX}'::bytea AS bytes`],
  ])('finds it in the table %s: %s', async (table, sql) => {
    await database.query(sql);

    expect((await search()).hits).toEqual([expect.stringMatching(new RegExp(`\\.${table}$`))]);
  });

  it('leaves out the column that is there to hold it', async () => {
    const [row] = await database.query<{ holds: boolean }>(
      `SELECT source_secret::text LIKE '%' || substr('${HEX}', 3) || '%' AS holds FROM streams`,
    );

    expect(row).toEqual({ holds: true });
    expect((await search()).hits).toEqual([]);
  });
});
