/**
 * A node comes back empty, and all cameras must be dialled again: not at once, those with viewers
 * first, and without anybody who asks for something new having to wait for it.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type JournalEntry, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { mostInASecond } from '#test/support/most-in-a-second.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 60_000 };
const DIALS_PER_SECOND = 20;
/** Paced at the sender: on their way here, some may come closer to each other. */
const MOST_IN_A_SECOND = DIALS_PER_SECOND * 1.25;
const CAMERAS = Array.from({ length: 100 }, (_, index) => `camera-${100 + index}`);
/** Spread, so that no order of the rows puts them first by chance. */
const WATCHED = CAMERAS.filter((_, index) => index % 10 === 7);
/** Much shorter than the restore: who waits for its turn must not be blamed for it. */
const SOURCE_DEADLINE_MS = 1_000;

let database: TestDatabase;
let node: MediaMtxSimulator;
let api: ApiProcess;
/** The writes of the restore, without what callers started meanwhile, in their order. */
let restored: JournalEntry[];
/** What was started meanwhile, and how many writes the node had got when that was answered. */
const accepted = new Map<string, number>();

const isNew = ({ path }: JournalEntry): boolean => path.includes('/cam/new-');

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start({ writeCostMsPerPath: 0.085 });
  api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: {
      DIALS_PER_SECOND: String(DIALS_PER_SECOND),
      SOURCE_DEADLINE_MS: String(SOURCE_DEADLINE_MS),
    },
  });
  await Promise.all(CAMERAS.map(start));
  await eventually(() => expectAllRunning(CAMERAS.length), PATIENT);
  await viewersCome();
  await node.restart();
  node.clearJournal();
  await startMeanwhile(['new-1', 'new-2', 'new-3']);
  await eventually(() => expectAllRunning(CAMERAS.length + 3), PATIENT);
  restored = writes().filter((write) => !isNew(write));
}, 120_000);

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

async function start(cameraId: string): Promise<void> {
  const { status } = await api.client.start(cameraId, secretSource('127.0.0.1:9/live'));
  expect(status).toBe(201);
}

async function expectAllRunning(count: number): Promise<void> {
  const rows = await database.query('SELECT status, count(*)::int FROM streams GROUP BY 1');
  expect(rows).toEqual([{ status: 'RUNNING', count }]);
}

const writes = (): JournalEntry[] => node.requests.filter(({ method }) => method === 'POST');
const looks = (): number =>
  node.requests.filter(({ path }) => path.startsWith('/v3/paths/list')).length;

/** And are seen by at least one look that began after they had come. */
async function viewersCome(): Promise<void> {
  WATCHED.forEach((cameraId) => {
    node.setReaders(`cam/${cameraId}`, 2);
  });
  const before = looks();
  await eventually(() => {
    expect(looks()).toBeGreaterThan(before + 2);
  }, PATIENT);
}

/** Spread over the restore. */
async function startMeanwhile(cameraIds: readonly string[]): Promise<void> {
  for (const cameraId of cameraIds) {
    const begun = writes().length;
    await eventually(() => {
      expect(writes().length).toBeGreaterThan(begun + 15);
    }, PATIENT);
    await start(cameraId);
    accepted.set(cameraId, writes().length);
  }
}

/** How many writes of the restore reached the node while an accepted start waited for its own. */
function overtakenBy(cameraId: string): number {
  const own = writes().findIndex(({ path }) => path.endsWith(`/cam/${cameraId}`));
  const meanwhile = writes().slice(accepted.get(cameraId), own);
  return meanwhile.filter((write) => !isNew(write)).length;
}

describe('a restore of many paths', () => {
  it('dials at most so many cameras in any second', () => {
    expect(new Set(restored.map(({ path }) => path)).size).toBe(CAMERAS.length);
    expect(mostInASecond(restored.map(({ at }) => at))).toBeLessThanOrEqual(MOST_IN_A_SECOND);
  });

  it('begins with those that had viewers', () => {
    const first = restored.slice(0, WATCHED.length).map(({ path }) => path);
    expect(first.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort()).toEqual(WATCHED);
  });

  it('lets a start wait for at most the one write that is in flight', () => {
    expect(accepted.size).toBe(3);
    const waits = [...accepted.keys()].map(overtakenBy);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1);
  });

  it('makes no stream an ERROR for having waited, though it takes longer than a source may', async () => {
    const [first, last] = [restored[0]!, restored.at(-1)!];
    expect(last.at - first.at).toBeGreaterThan(SOURCE_DEADLINE_MS);
    const events = await database.query(
      `SELECT DISTINCT to_status FROM stream_events ORDER BY to_status`,
    );
    expect(events).toEqual([{ to_status: 'RUNNING' }, { to_status: 'STARTING' }]);
  });
});
