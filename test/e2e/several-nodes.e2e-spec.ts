/** One Vigia, or two, and two nodes: where streams go, and that nodes do not share their troubles. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type NodeListBody } from '#streaming/http/node.schema.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { NodesFile } from '#test/support/nodes-file.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

jest.setTimeout(120_000);

const SOURCE = secretSource('127.0.0.1:9/live');
/** Too low: a busy machine loses it. Too high: who takes over waits for its end. */
const LEASE_TTL_MS = '6000';
/** A look counts for 15 s, and a busy machine may take its time. */
const PATIENT = { timeoutMs: 45_000 };

type Listed = NodeListBody['items'][number];

describe('several nodes', () => {
  let database: TestDatabase;
  let north: MediaMtxSimulator;
  let south: MediaMtxSimulator;
  let file: NodesFile;
  let apis: ApiProcess[];

  beforeEach(async () => {
    apis = [];
    [database, north, south] = await Promise.all([
      TestDatabase.create(),
      MediaMtxSimulator.start(),
      MediaMtxSimulator.start(),
    ]);
    file = new NodesFile(entries(2, 2));
  });

  afterEach(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await Promise.all([north.stop(), south.stop()]);
    await database.close();
    file.remove();
  });

  const entries = (capacityOfNorth: number, capacityOfSouth: number) => [
    { id: 'north', apiUrl: north.url, capacity: capacityOfNorth },
    { id: 'south', apiUrl: south.url, capacity: capacityOfSouth },
  ];

  async function vigia(): Promise<ApiProcess> {
    const env = { ...file.env, LEASE_TTL_MS };
    const options = { databaseUrl: database.url, mediaMtxUrl: '', env };
    const api = await ApiProcess.start(options);
    apis.push(api);
    return api;
  }

  async function started(api: ApiProcess, cameraId: string): Promise<StreamBody> {
    const { status, body } = await api.client.start(cameraId, SOURCE, { waitS: 20 });
    expect([status, body.status]).toEqual([201, 'RUNNING']);
    return body;
  }

  const nodes = async (api: ApiProcess): Promise<Listed[]> =>
    (await api.client.get<NodeListBody>('/api/nodes')).body.items;

  const healthy = (api: ApiProcess): Promise<void> =>
    eventually(async () => {
      const found = (await nodes(api)).map(({ id, health }) => `${id} ${health}`);
      expect(found).toEqual(['north HEALTHY', 'south HEALTHY']);
    }, PATIENT);

  const namesOn = (node: MediaMtxSimulator): Promise<string[]> => pathsOf(node.url);

  it('spread what is started by room, and refuse it once all are full', async () => {
    file.write(entries(1, 2));
    const api = await vigia();

    const places = [];
    for (const cameraId of ['a', 'b', 'c']) places.push((await started(api, cameraId)).nodeId);

    expect(places).toEqual(['south', 'north', 'south']);
    expect(await namesOn(north)).toEqual(['cam/b']);
    expect(await namesOn(south)).toEqual(['cam/a', 'cam/c']);
    const { status, problem, headers } = await api.client.start('d', SOURCE);
    expect([status, problem.code]).toEqual([503, 'node.no_room']);
    expect(headers.get('retry-after')).not.toBeNull();
    const { body } = await api.client.get<{ items: StreamBody[] }>('/api/streams?cameraId=d');
    expect(body.items).toEqual([]);
    await healthy(api);
    expect(await nodes(api)).toMatchObject([
      { id: 'north', paths: 1, capacity: 1, version: expect.any(String), problems: [] },
      { id: 'south', paths: 2, capacity: 2, hasAgent: false, isPoisoned: false },
    ]);
  });

  it('have a camera come back to its node, with its URLs', async () => {
    file.write(entries(10, 20));
    const api = await vigia();
    const first = await started(api, 'a');
    expect(first.nodeId).toBe('south');
    expect(first.playback.hls).toBe('http://south.example:8888/cam/a/index.m3u8');
    await api.client.stop(first.id);
    file.write(entries(500, 20));
    await api.stop();
    await api.revive();

    const again = await started(api, 'a');

    expect(again.id).not.toBe(first.id);
    expect([again.nodeId, again.playback]).toEqual([first.nodeId, first.playback]);
  });

  it('do not share their troubles: only the streams of a dead node are UNKNOWN', async () => {
    const api = await vigia();
    const [a, b] = [await started(api, 'a'), await started(api, 'b')];
    expect([a.nodeId, b.nodeId]).toEqual(['north', 'south']);
    await healthy(api);

    await north.kill();

    await eventually(async () => {
      expect((await api.client.stream(a.id)).health).toBe('UNKNOWN');
    }, PATIENT);
    expect(await api.client.stream(b.id)).toMatchObject({ status: 'RUNNING', health: 'HEALTHY' });
    expect(await nodes(api)).toMatchObject([
      { id: 'north', health: 'UNKNOWN', problems: [expect.any(String), expect.any(String)] },
      { id: 'south', health: 'HEALTHY', problems: [] },
    ]);
    await eventually(async () => {
      const { body } = await api.client.get<{ status: string }>('/health');
      expect(body.status).toBe('degraded');
    }, PATIENT);
    const c = await started(api, 'c').catch(() => null);
    expect(c === null || c.nodeId === 'south').toBe(true);

    await north.revive();
    await eventually(async () => {
      expect(await api.client.stream(a.id)).toMatchObject({ status: 'RUNNING', health: 'HEALTHY' });
    }, PATIENT);
  });

  it('keep what is placed on them over a restart of Vigia, and nothing is written anew', async () => {
    const api = await vigia();
    for (const cameraId of ['a', 'b', 'c', 'd']) await started(api, cameraId);
    const before = [await namesOn(north), await namesOn(south)];
    const writes = north.configWrites + south.configWrites;

    await api.stop();
    await api.revive();
    await healthy(api);

    expect([await namesOn(north), await namesOn(south)]).toEqual(before);
    expect(north.configWrites + south.configWrites).toBe(writes);
  });

  it('are held by one replica each, and told alike by both', async () => {
    const [one, other] = [await vigia(), await vigia()];
    const { id } = await started(other, 'a');
    await Promise.all([healthy(one), healthy(other)]);

    const told = (listed: Listed[]) =>
      listed.map(({ lease, ...rest }) => ({
        ...rest,
        // It is looked at between the two answers.
        lastLookAt: null,
        lease: [lease?.owner, lease?.epoch],
      }));
    await eventually(async () => {
      expect(told(await nodes(one))).toEqual(told(await nodes(other)));
    }, PATIENT);
    const holders = (await nodes(one)).map(({ lease }) => lease?.owner);

    await one.kill9();
    await eventually(async () => {
      const owners = (await nodes(other)).map(({ lease }) => lease?.owner);
      expect(new Set(owners).size).toBe(1);
      expect(owners[0]).toContain(String(other.port));
    }, PATIENT);
    expect(holders.every((owner) => owner !== undefined)).toBe(true);
    expect(await other.client.stream(id)).toMatchObject({ status: 'RUNNING' });
  });

  it('leave a stream to whoever is configured with its node, and say so', async () => {
    const api = await vigia();
    const [a, b] = [await started(api, 'a'), await started(api, 'b')];
    await api.stop();
    file.write([{ id: 'south', apiUrl: south.url }]);
    await api.revive();

    await eventually(async () => {
      const [gone] = await nodes(api);
      expect(gone).toMatchObject({ id: 'north', health: 'UNKNOWN', paths: 1 });
      expect(gone?.problems[0]).toContain('not configured here');
      expect((await api.client.stream(a.id)).health).toBe('UNKNOWN');
    }, PATIENT);
    await api.client.stop(a.id);
    await eventually(async () => {
      expect((await nodes(api)).map(({ id }) => id)).toEqual(['south']);
    }, PATIENT);
    expect(await namesOn(north)).toEqual(['cam/a']);
    expect(await api.client.stream(b.id)).toMatchObject({ status: 'RUNNING' });

    await api.stop();
    file.write(entries(2, 2));
    await api.revive();
    await eventually(async () => expect(await namesOn(north)).toEqual([]), PATIENT);
  });
});

async function pathsOf(apiUrl: string): Promise<string[]> {
  const answer = await fetch(`${apiUrl}/v3/paths/list?itemsPerPage=1000`);
  const { items } = (await answer.json()) as { items: { name: string }[] };
  return items.map(({ name }) => name).sort();
}
