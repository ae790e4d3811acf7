/**
 * A stop sends a DELETE, the DELETE stays in the network, the camera is started again with another
 * source, and only then the DELETE arrives: MediaMTX cannot know that it is out of date.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiClient, secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { DetainingProxy } from '#test/support/detaining-proxy.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 20_000 };
const OLD_SOURCE = secretSource('127.0.0.1:9/old');
const NEW_SOURCE = secretSource('127.0.0.1:9/new');
/** Two: the one that finds the path gone, and one that may begin before its write is sent. */
const HEALING_LOOKS = 2;

let database: TestDatabase;
let node: MediaMtxSimulator;
let cameras = 0;

beforeAll(async () => {
  database = await TestDatabase.create();
  // What has arrived is applied: the journal's order is then the order of what the node was.
  node = await MediaMtxSimulator.start({ applyDelayMs: 0 });
});

afterAll(async () => {
  await node.stop();
  await database.close();
});

function aReplica(mediaMtxUrl: string, timeoutMs: number): Promise<ApiProcess> {
  const env = { MEDIAMTX_TIMEOUT_MS: String(timeoutMs), DIALS_PER_SECOND: '0' };
  return ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl, env });
}

async function running(client: ApiClient, cameraId: string, source: string): Promise<StreamBody> {
  const { body } = await client.start(cameraId, source);
  return eventually(async () => {
    const stream = await client.stream(body.id);
    expect(stream.status).toBe('RUNNING');
    return stream;
  }, PATIENT);
}

const isLook = ({ path }: { path: string }): boolean => path.startsWith('/v3/paths/list');

/** Looks that the node was asked for from its last DELETE of this path to the write after it. */
function looksUntilHealed(path: string): number {
  const { requests } = node;
  const last = requests.findLastIndex((one) => one.method === 'DELETE' && one.path.endsWith(path));
  const after = requests.slice(last + 1);
  const healed = after.findIndex((one) => one.method === 'POST' && one.path.endsWith(path));
  expect(last).toBeGreaterThanOrEqual(0);
  expect(healed).toBeGreaterThanOrEqual(0);
  return after.slice(0, healed).filter(isLook).length;
}

async function configured(path: string): Promise<unknown> {
  const response = await fetch(`${node.url}/v3/config/paths/get/${path}`);
  return response.status === 200 ? await response.json() : null;
}

/** Nothing is written any more, and two further looks change nothing of it. */
async function expectToStay(client: ApiClient, { id, path }: StreamBody): Promise<void> {
  const [looks, writes] = [node.requests.filter(isLook).length, node.configWrites];
  await eventually(() => {
    expect(node.requests.filter(isLook).length).toBeGreaterThan(looks + 2);
  }, PATIENT);
  expect(node.configWrites).toBe(writes);
  expect(await client.stream(id)).toMatchObject({ status: 'RUNNING', error: null });
  expect(await configured(path)).toMatchObject({ source: NEW_SOURCE });
}

async function expectOneActiveRow({ cameraId, id }: StreamBody): Promise<void> {
  const sql = `SELECT id FROM streams WHERE camera_id = $1 AND desired = 'RUNNING'`;
  expect(await database.query(sql, [cameraId])).toEqual([{ id }]);
}

async function expectNoError(client: ApiClient, ...streams: StreamBody[]): Promise<void> {
  for (const { id } of streams) {
    const events = await client.events(id);
    expect(events.map(({ toStatus }) => toStatus)).not.toContain('ERROR');
  }
}

async function expectHealed(
  client: ApiClient,
  before: StreamBody,
  after: StreamBody,
): Promise<void> {
  await eventually(async () => {
    expect(await configured(after.path)).toMatchObject({ source: NEW_SOURCE });
    expect(await client.stream(after.id)).toMatchObject({ status: 'RUNNING', error: null });
    expect(await client.stream(before.id)).toMatchObject({ removalPending: false });
  }, PATIENT);
  expect(looksUntilHealed(after.path)).toBeLessThanOrEqual(HEALING_LOOKS);
  await expectToStay(client, after);
  await expectOneActiveRow(after);
  await expectNoError(client, before, after);
}

describe('stop-then-start with the late delete landing last, in one process', () => {
  let way: DetainingProxy;
  let api: ApiProcess;

  beforeAll(async () => {
    way = await DetainingProxy.start(node.url);
    api = await aReplica(way.url, 1_000);
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await way.stop();
  });

  /** The camera, started, and stopped with a DELETE that does not arrive. */
  async function stoppedInVain(): Promise<StreamBody> {
    cameras += 1;
    const before = await running(api.client, `yard-${cameras}`, OLD_SOURCE);
    way.detain('DELETE');
    await api.client.stop(before.id);
    await eventually(() => {
      expect(way.detained).toBeGreaterThanOrEqual(1);
    });
    return before;
  }

  it('heals a stream that was RUNNING when its path was taken away', async () => {
    const before = await stoppedInVain();
    const after = await running(api.client, before.cameraId, NEW_SOURCE);
    expect(await configured(after.path)).toMatchObject({ source: NEW_SOURCE });

    expect((await way.release())[0]).toBe(200);
    await expectHealed(api.client, before, after);
  });

  it('heals a stream whose start was just written', async () => {
    const before = await stoppedInVain();
    const { body: after } = await api.client.start(before.cameraId, NEW_SOURCE);
    await eventually(async () => {
      expect(await configured(after.path)).toMatchObject({ source: NEW_SOURCE });
    }, PATIENT);

    expect((await way.release())[0]).toBe(200);
    await expectHealed(api.client, before, after);
  });

  it('is the last word for nobody when the node applies it late: the start waits behind it', async () => {
    cameras += 1;
    const before = await running(api.client, `yard-${cameras}`, OLD_SOURCE);
    node.faults.set({ kind: 'late-apply', ms: 700, on: { method: 'DELETE' }, times: 1 });
    await api.client.stop(before.id);
    const after = await running(api.client, before.cameraId, NEW_SOURCE);

    await eventually(async () => {
      expect(await api.client.stream(before.id)).toMatchObject({ removalPending: false });
    }, PATIENT);
    await expectToStay(api.client, after);
    await expectOneActiveRow(after);
    await expectNoError(api.client, before, after);
  });
});

describe('stop-then-start with the late delete landing last, with two replicas', () => {
  /** Long enough for the DELETE to be awaited until it lands. */
  const TIMEOUT_MS = 20_000;
  let ways: DetainingProxy[];
  let replicas: ApiProcess[];

  beforeAll(async () => {
    ways = await Promise.all([DetainingProxy.start(node.url), DetainingProxy.start(node.url)]);
    const holder = await aReplica(ways[0]!.url, TIMEOUT_MS);
    replicas = [holder];
    await eventually(async () => {
      const sql = 'SELECT 1 FROM node_leases WHERE owner LIKE $1 AND expires_at > now()';
      expect(await database.query(sql, [`%:${holder.port}`])).toHaveLength(1);
    }, PATIENT);
    replicas.push(await aReplica(ways[1]!.url, TIMEOUT_MS));
  }, 90_000);

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all(ways.map((way) => way.stop()));
  });

  it.each([
    ['the holder of the lease', 0, 1],
    ['the one without the lease', 1, 0],
  ])('heals what one has started, when the DELETE of %s lands', async (_who, stops, starts) => {
    const [way, stopper, starter] = [ways[stops]!, replicas[stops]!, replicas[starts]!];
    cameras += 1;
    const before = await running(stopper.client, `yard-${cameras}`, OLD_SOURCE);
    way.detain('DELETE');
    await stopper.client.stop(before.id);
    await eventually(() => {
      expect(way.detained).toBe(1);
    }, PATIENT);
    const after = await running(starter.client, before.cameraId, NEW_SOURCE);
    expect(way.detained).toBe(1);

    expect(await way.release()).toEqual([200]);
    await expectHealed(starter.client, before, after);
  });
});
