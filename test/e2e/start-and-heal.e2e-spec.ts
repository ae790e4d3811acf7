import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

/** Long enough for several ticks of the API under test. */
const PATIENT = { timeoutMs: 15_000 };
const ORPHAN_GRACE_MS = 1_500;

describe('streams through the API, on the simulator', () => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    node.setSource(/dead/, 'dead');
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { SOURCE_DEADLINE_MS: '3000', ORPHAN_GRACE_MS: String(ORPHAN_GRACE_MS) },
    });
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  beforeEach(async () => {
    const { body } = await api.client.get<{ items: StreamBody[] }>('/api/streams?limit=500');
    const active = body.items.filter(({ desired }) => desired === 'RUNNING');
    await Promise.all(active.map(({ id }) => api.client.stop(id)));
    await eventually(async () => {
      expect(await pathNames()).toEqual([]);
    }, PATIENT);
  });

  async function pathNames(): Promise<string[]> {
    const response = await fetch(`${node.url}/v3/paths/list?itemsPerPage=100000`);
    const list = (await response.json()) as { items: { name: string }[] };
    return list.items.map(({ name }) => name);
  }

  async function running(cameraId: string, body = {}): Promise<StreamBody> {
    const started = await api.client.start(cameraId, secretSource('127.0.0.1:9/live'), {
      waitS: 20,
      body,
    });
    expect(started.body).toMatchObject({ status: 'RUNNING' });
    return started.body;
  }

  async function expectStatus(id: string, expected: Partial<StreamBody>): Promise<void> {
    await eventually(async () => {
      expect(await api.client.stream(id)).toMatchObject(expected);
    }, PATIENT);
  }

  async function transitions(id: string): Promise<string[]> {
    const events = await api.client.events(id);
    return events.map(({ fromStatus, toStatus }) => `${fromStatus ?? 'new'} → ${toStatus}`);
  }

  it('reaches RUNNING on evidence and shows the source masked', async () => {
    const { status, body, headers } = await api.client.start('one', secretSource('127.0.0.1:9/a'), {
      waitS: 20,
      body: { labels: { site: 'north' } },
    });

    expect(status).toBe(201);
    expect(headers.get('preference-applied')).toBe('wait=20');
    expect(headers.get('location')).toBe(`/api/streams/${body.id}`);
    expect(body).toMatchObject({
      status: 'RUNNING',
      reason: null,
      path: 'cam/one',
      source: 'rtsp://***:***@127.0.0.1:9/a?***',
      labels: { site: 'north' },
    });
    expect(await transitions(body.id)).toEqual(['new → STARTING', 'STARTING → RUNNING']);
    await expectStatus(body.id, { health: 'HEALTHY' });
  });

  it('gives the node the whole source and keeps the path apart from others', async () => {
    await running('one');
    const response = await fetch(`${node.url}/v3/config/paths/get/cam/one`);

    expect(await response.json()).toMatchObject({
      source: secretSource('127.0.0.1:9/live'),
      sourceOnDemand: false,
      rtspTransport: 'tcp',
    });
  });

  it('makes a silent source an ERROR after the deadline and RUNNING once media flows', async () => {
    const { body } = await api.client.start('one', secretSource('127.0.0.1:9/dead'));
    await expectStatus(body.id, { status: 'ERROR', reason: 'SOURCE_REFUSED' });
    expect(await pathNames()).toEqual(['cam/one']);

    node.setSource(/dead/, 'live');
    await expectStatus(body.id, { status: 'RUNNING', error: null });
    const { lastError } = await api.client.stream(body.id);
    expect(lastError?.code).toBe('SOURCE_REFUSED');
    node.setSource(/dead/, 'dead');
  });

  it('calls an idle on-demand stream RUNNING', async () => {
    const stream = await running('one', { onDemand: true });
    expect(stream).toMatchObject({ onDemand: true, reason: 'AWAITING_VIEWER' });
  });

  it('keeps a start that finds the node down, says so, and brings it up later', async () => {
    await node.kill();
    const { status, body } = await api.client.start('one', secretSource('127.0.0.1:9/live'));
    expect(status).toBe(201);
    await expectStatus(body.id, { status: 'STARTING', reason: 'NODE_UNREACHABLE' });

    await node.revive();
    await expectStatus(body.id, { status: 'RUNNING', reason: null });
  });

  it('removes the path of a stream that was stopped while the node was down', async () => {
    const { id } = await running('one');
    await node.kill();
    const { status, body } = await api.client.stop(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'STOPPED', removalPending: true });

    await node.revive();
    node.addForeign('cam/one', { source: 'rtsp://127.0.0.1:9/live' });
    await eventually(async () => {
      expect(await pathNames()).toEqual([]);
    }, PATIENT);
    await expectStatus(id, { removalPending: false, reason: null });
  });

  it('answers a second stop with the same instant and no second event', async () => {
    const { id } = await running('one');
    const first = await api.client.stop(id);
    const second = await api.client.stop(id);

    expect(second.body.stoppedAt).toBe(first.body.stoppedAt);
    expect(await transitions(id)).toEqual([
      'new → STARTING',
      'STARTING → RUNNING',
      'RUNNING → STOPPED',
    ]);
  });

  it('keeps the path for a camera that is started again at once', async () => {
    const first = await running('one');
    await api.client.stop(first.id);
    const second = await running('one');

    expect(second.id).not.toBe(first.id);
    expect(second.playback).toEqual(first.playback);
    await expectStatus(first.id, { removalPending: false });
    expect(await pathNames()).toEqual(['cam/one']);
  });

  it('leaves foreign paths alone, also a catch-all that serves one of ours', async () => {
    node.addForeign('lobby', { source: 'rtsp://127.0.0.1:9/lobby' });
    node.addForeign('all_others', { source: 'publisher' });
    node.openRuntimePath('cam/one');
    const { id } = await running('one');
    await api.client.stop(id);

    await expectStatus(id, { removalPending: false });
    const response = await fetch(`${node.url}/v3/config/paths/list?itemsPerPage=1000`);
    const { items } = (await response.json()) as { items: { name: string }[] };
    expect(items.map(({ name }) => name).sort()).toEqual(['all_others', 'lobby']);
    node.removeByHand('all_others');
    node.removeByHand('lobby');
  });

  it('removes a path without any row after the grace, and not before', async () => {
    await Promise.all([running('one'), running('two')]);
    node.addForeign('cam/stranger', { source: 'rtsp://127.0.0.1:9/x' });
    const addedAt = performance.now();
    await eventually(async () => {
      expect(await pathNames()).toEqual(['cam/one', 'cam/two']);
    }, PATIENT);

    expect(performance.now() - addedAt).toBeGreaterThan(ORPHAN_GRACE_MS);
  });

  it('removes nothing when many paths have no row: the database may be the wrong one', async () => {
    const strangers = Array.from({ length: 12 }, (_, index) => `cam/stranger-${10 + index}`);
    strangers.forEach((name) => node.addForeign(name, { source: 'rtsp://127.0.0.1:9/x' }));
    await eventually(async () => {
      const { body } = await api.client.get<object>('/health');
      expect(JSON.stringify(body)).toContain('NODE_PATHS_UNKNOWN: 12 of its paths');
    }, PATIENT);

    expect(await pathNames()).toEqual(strangers);
    strangers.forEach((name) => node.removeByHand(name));
  });

  it('blames no stream when the node is poisoned, and heals it through its own paths', async () => {
    const { id } = await running('one');
    node.poison('cam/one');
    const second = await api.client.start('two', secretSource('127.0.0.1:9/live'), { waitS: 20 });

    expect(second.body.status).toBe('RUNNING');
    expect(await transitions(id)).not.toContain('RUNNING → ERROR');
    expect(await transitions(second.body.id)).toEqual(['new → STARTING', 'STARTING → RUNNING']);
  });

  it('finishes a start that was committed when its process was killed', async () => {
    node.faults.set({ kind: 'hang', on: { method: 'POST' } });
    const { body } = await api.client.start('one', secretSource('127.0.0.1:9/live'));
    await api.kill9();
    node.faults.set(null);
    await api.revive();

    await expectStatus(body.id, { status: 'RUNNING' });
  });

  it('writes nothing at all in a steady state, to the node or to Postgres', async () => {
    await Promise.all(['a', 'b', 'c'].map((id) => running(id)));
    await running('d', { onDemand: true });
    await expectSettled();
    const before = await writes();
    const looks = node.requests.filter(({ path }) => path.startsWith('/v3/paths/list')).length;

    await eventually(() => {
      const now = node.requests.filter(({ path }) => path.startsWith('/v3/paths/list')).length;
      expect(now - looks).toBeGreaterThanOrEqual(6);
    }, PATIENT);
    expect(await writes()).toEqual(before);
  });

  /** Config writes at the node; inserts, updates and deletes by Postgres's own statistics. */
  async function writes(): Promise<unknown> {
    const rows = await database.query<{ relname: string; writes: string }>(
      `SELECT relname, (n_tup_ins + n_tup_upd + n_tup_del)::text AS writes
       FROM pg_stat_user_tables WHERE relname IN ('streams', 'stream_events', 'nodes') ORDER BY 1`,
    );
    return { node: node.configWrites, postgres: rows };
  }

  /** Statistics reach Postgres's tables late; two equal readings a second apart are settled. */
  async function expectSettled(): Promise<void> {
    let last = '';
    await eventually(
      async () => {
        const now = JSON.stringify(await writes());
        const isSame = now === last;
        last = now;
        expect(isSame).toBe(true);
      },
      { timeoutMs: 20_000, everyMs: 1_500 },
    );
  }
});
