/**
 * A node loses all of its paths while its listings hang, are cut, or say that it has none.
 *
 * What hangs or is cut says nothing: no row, no event, no write may come of it. An empty list with a
 * 200 is a look like any other, and then true: paths are lost (`RECONNECTING`, never an ERROR) and
 * are put back. When it is said of paths that are there already, they are put back once more, which
 * MediaMTX ignores: a wrong look may cost writes, never a path.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Fault, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { aNewStream, aSource } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 60_000, everyMs: 200 };
const CAMERAS = Array.from({ length: 1_000 }, (_, index) => String(1_000 + index));
const LIST = { pathPattern: '/v3/paths/list' };
const HANG: Fault = { kind: 'hang', on: LIST, times: 1 };
const TRUNCATED: Fault = { kind: 'truncated', on: LIST, times: 1 };
const EMPTY: Fault = { kind: 'empty-list', on: LIST, times: 1 };

let database: TestDatabase;
let node: MediaMtxSimulator;
let api: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start({ applyDelayMs: 0 });
  api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: {
      // A list of 1 000 paths must be a look on a busy machine, and a hanging one soon be given up.
      MEDIAMTX_TIMEOUT_MS: '1200',
      BREAKER_MAX_MS: '100',
      DIALS_PER_SECOND: '0',
      RECONCILE_INTERVAL_MS: '1000',
      // Short, so that a clock of silence which runs on would end in an ERROR.
      SOURCE_DEADLINE_MS: '3000',
    },
  });
  await startAll();
}, 90_000);

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

const sourceOf = (cameraId: string): string => `127.0.0.1:9/${cameraId}`;

async function startAll(): Promise<void> {
  const adapters = await Adapters.connect(database.url);
  const left = CAMERAS.values();
  // As many at once as the pool of a replica has connections.
  const some = async (): Promise<void> => {
    for (const cameraId of left) {
      await adapters.streams.start(aNewStream({ cameraId, source: aSource(sourceOf(cameraId)) }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, some));
  await adapters.close();
  await expectAllRunning();
}

async function expectAllRunning(): Promise<void> {
  await eventually(async () => {
    const rows = await database.query('SELECT status, count(*)::int FROM streams GROUP BY 1');
    expect(rows).toEqual([{ status: 'RUNNING', count: CAMERAS.length }]);
  }, PATIENT);
}

/** Every path of the node with its source, asked of the node itself. */
async function configured(): Promise<unknown[]> {
  const response = await fetch(`${node.url}/v3/config/paths/list?itemsPerPage=100000`);
  const { items } = (await response.json()) as { items: { name: string; source: string }[] };
  return items.map(({ name, source }) => ({ name, source }));
}

const WANTED = CAMERAS.map((cameraId) => ({
  name: `cam/${cameraId}`,
  source: secretSource(sourceOf(cameraId)),
}));

const looks = (): number =>
  node.requests.filter(({ path }) => path.includes(LIST.pathPattern)).length;

/** All of the faults have met their look, and one more was asked for. */
async function looksUnder(faults: readonly Fault[]): Promise<void> {
  const before = looks();
  node.faults.set(faults);
  await eventually(() => {
    expect(looks()).toBeGreaterThan(before + faults.length);
  }, PATIENT);
}

interface Written {
  readonly node: number;
  readonly version: number;
  readonly seq: string | null;
}

/** Grows with every write to the node, and with every change of a row or a new event. */
async function written(): Promise<Written> {
  const [row] = await database.query<Omit<Written, 'node'>>(
    `SELECT sum(version)::int AS version, (SELECT max(seq) FROM stream_events) AS seq FROM streams`,
  );
  return { node: node.configWrites, ...row! };
}

function expectNothingRemoved(): void {
  const removals = node.requests.filter(({ method }) => method === 'DELETE');
  expect(removals).toEqual([]);
}

async function storiesAfter(seq: string): Promise<string[]> {
  const rows = await database.query<{ story: string }>(
    `SELECT DISTINCT concat_ws(' ', from_status || '→' || to_status, reason) AS story
     FROM stream_events WHERE seq > $1 ORDER BY 1`,
    [seq],
  );
  return rows.map(({ story }) => story);
}

describe('wipe of 1 000 paths with looks alternately hanging, truncated and empty', () => {
  let before: Written;

  it('changes nothing on looks that say nothing', async () => {
    await looksUnder([TRUNCATED]);
    before = await written();
    // The last one stays: the look that the test waits for must be none either.
    node.faults.set([HANG, TRUNCATED, HANG, { ...TRUNCATED, times: Infinity }]);
    const asked = looks();
    node.rewriteFile();
    await eventually(() => {
      expect(looks()).toBeGreaterThan(asked + 4);
    }, PATIENT);

    expect(await written()).toEqual(before);
    expect(await configured()).toEqual([]);
    expectNothingRemoved();
  }, 60_000);

  it('puts every path back as it was wanted, with no ERROR on the way and no path removed', async () => {
    await looksUnder([EMPTY, HANG, TRUNCATED, EMPTY, HANG, TRUNCATED]);
    node.faults.clear();
    await expectAllRunning();

    expect(await configured()).toEqual(WANTED);
    expect(await storiesAfter(before.seq!)).toEqual([
      'RUNNING→STARTING RECONNECTING',
      'STARTING→RUNNING',
    ]);
    expectNothingRemoved();
  }, 120_000);

  it('writes nothing once the looks are whole again, and what the last empty one asked for is done', async () => {
    let quiet = await written();
    await eventually(async () => {
      const earlier = quiet;
      await looksUnder([]);
      quiet = await written();
      expect(quiet).toEqual(earlier);
    }, PATIENT);
    await looksUnder([]);
    await looksUnder([]);

    expect(await written()).toEqual(quiet);
    expect(await configured()).toEqual(WANTED);
  }, 60_000);
});
