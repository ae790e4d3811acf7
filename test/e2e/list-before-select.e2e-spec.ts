/**
 * Callers who are faster than a look, against the real statements: the holder's listing is answered
 * late, with what was true when it was asked, while the other replica starts and stops.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 20_000 };
/** Too low: a busy machine does not get its calls in between. Too high: a test of idleness. */
const LOOK_MS = 1_500;
const CAMERAS = ['a', 'b', 'c', 'd'];

let database: TestDatabase;
let node: MediaMtxSimulator;
let holder: ApiProcess;
let other: ApiProcess;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
  const options = {
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: { MEDIAMTX_TIMEOUT_MS: '10000' },
  };
  holder = await ApiProcess.start(options);
  await eventually(async () => {
    expect(await database.query('SELECT 1 FROM node_leases')).toHaveLength(1);
  }, PATIENT);
  other = await ApiProcess.start(options);
  node.faults.set({ kind: 'slow', ms: LOOK_MS, on: { pathPattern: '/v3/paths/list' } });
}, 90_000);

afterAll(async () => {
  await Promise.all([holder.stop(), other.stop()]);
  await node.stop();
  await database.close();
});

const looks = (): number =>
  node.requests.filter(({ path }) => path.startsWith('/v3/paths/list')).length;

/** A listing has been asked for, and its answer is on its way for LOOK_MS. */
async function aLookBegins(): Promise<void> {
  const before = looks();
  await eventually(
    () => {
      expect(looks()).toBeGreaterThan(before);
    },
    { ...PATIENT, everyMs: 5 },
  );
}

/** Runs `calls` while a listing is under way, and returns after the tick that it belongs to. */
async function duringALook<T>(calls: () => Promise<T>): Promise<T> {
  await aLookBegins();
  const during = looks();
  const result = await calls();
  expect(looks()).toBe(during);
  await aLookBegins();
  return result;
}

const start = async (cameraId: string): Promise<StreamBody> =>
  (await other.client.start(cameraId, secretSource('127.0.0.1:9/live'))).body;

function writesTo(cameraId: string): string[] {
  return node.requests
    .filter(({ method, path }) => method !== 'GET' && path.endsWith(`/cam/${cameraId}`))
    .map(({ method }) => method);
}

/** And that it never was anything else since it was started. */
async function expectRunning({ id }: StreamBody): Promise<void> {
  await eventually(async () => {
    const events = await other.client.events(id);
    expect(events.map(({ toStatus }) => toStatus)).toEqual(['STARTING', 'RUNNING']);
  }, PATIENT);
}

describe('list-before-select, with the real database', () => {
  it('writes a start once, and calls it neither lost nor a stranger', async () => {
    const streams = await duringALook(() => Promise.all(CAMERAS.map(start)));
    // What that tick would have written has arrived by then.
    await aLookBegins();

    for (const stream of streams) {
      await expectRunning(stream);
      expect(writesTo(stream.cameraId)).toEqual(['POST']);
    }
  }, 60_000);

  it('writes back no path that was stopped, and removes none that was started again', async () => {
    const { body } = await other.client.get<{ items: StreamBody[] }>('/api/streams');
    const [again, ...gone] = body.items;
    const next = await duringALook(async () => {
      await Promise.all(body.items.map(({ id }) => other.client.stop(id)));
      return start(again!.cameraId);
    });

    await eventually(async () => {
      for (const { id } of gone) {
        expect(await other.client.stream(id)).toMatchObject({ removalPending: false });
      }
    }, PATIENT);
    gone.forEach(({ cameraId }) => {
      expect(writesTo(cameraId).filter((method) => method === 'POST')).toHaveLength(1);
    });
    expect(writesTo(again!.cameraId).at(-1)).toBe('POST');
    await expectRunning(next);
  }, 60_000);
});
