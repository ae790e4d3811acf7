/** How the API ends: gently when it is asked to, and with nothing lost when it is not. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

/** Another instance asks for the lease every third of this. */
const LEASE_TTL_MS = 6_000;
const TAKEN_OVER = { timeoutMs: LEASE_TTL_MS - 1_000 };
const PATIENT = { timeoutMs: 20_000 };
const REPLACING = '/replace/';

let database: TestDatabase;
let node: MediaMtxSimulator;
const apis: ApiProcess[] = [];

beforeEach(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
});

afterEach(async () => {
  await Promise.all(apis.splice(0).map((api) => api.stop()));
  await node.stop();
  await database.close();
});

async function startApi(env: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
  const api = await ApiProcess.start({
    databaseUrl: database.url,
    mediaMtxUrl: node.url,
    env: { LEASE_TTL_MS: String(LEASE_TTL_MS), ...env },
  });
  apis.push(api);
  return api;
}

/** The one that holds the lease, and the other. */
async function twoApis(): Promise<[ApiProcess, ApiProcess]> {
  const [one, other] = await Promise.all([startApi(), startApi()]);
  const owner = await eventually(async () => {
    const held = await lease();
    expect(held?.is_held).toBe(true);
    return held?.owner ?? '';
  }, TAKEN_OVER);
  return owner.endsWith(`:${one.port}`) ? [one, other] : [other, one];
}

async function lease(): Promise<{ owner: string; is_held: boolean } | undefined> {
  const [row] = await database.query<{ owner: string; is_held: boolean }>(
    'SELECT owner, expires_at > now() AS is_held FROM node_leases',
  );
  return row;
}

const holds = ({ port }: ApiProcess): Promise<void> =>
  eventually(async () => {
    expect(await lease()).toEqual({
      owner: expect.stringMatching(new RegExp(`:${port}$`)),
      is_held: true,
    });
  }, TAKEN_OVER);

const saysDraining = (api: ApiProcess): Promise<void> =>
  eventually(() => {
    expect(api.logLines().map(({ msg }) => msg)).toContain('draining');
  });

/** @returns the id of a stream that is written down, while the node does not answer what it was told */
async function startThatHangs(api: ApiProcess): Promise<string> {
  node.faults.set({ kind: 'hang', on: { pathPattern: REPLACING } });
  const { status, body } = await api.client.start('gate', secretSource('127.0.0.1:9/a'));
  expect(status).toBe(201);
  await eventually(() => {
    expect(node.requests.some(({ path }) => path.includes(REPLACING))).toBe(true);
  }, PATIENT);
  return body.id;
}

/** A connection that has sent this and is still open. */
async function connectionThatSent(api: ApiProcess, text: string): Promise<Socket> {
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const UNFINISHED =
  'POST /api/streams/start HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{';

describe('an API that is asked to end', () => {
  it('finishes what is in flight, answers who waits, and leaves its node to another at once', async () => {
    node.setSource(/dead/, 'dead');
    const [leaving, staying] = await twoApis();
    const { body: blocked } = await leaving.client.start('blocked', secretSource('127.0.0.1:9/a'));
    const idle = await connectionThatSent(leaving, 'GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(idle, 'data');
    const admin = await database.connect();
    await admin.query('BEGIN');
    await admin.query('SELECT 1 FROM streams WHERE id = $1 FOR UPDATE', [blocked.id]);
    const waiting = leaving.client.start('dead', secretSource('127.0.0.1:9/dead'), { waitS: 30 });
    const inFlight = leaving.client.stop(blocked.id);
    await eventually(async () => {
      expect((await staying.client.get(`/api/streams?cameraId=dead`)).body).toMatchObject({
        items: [{ status: 'STARTING' }],
      });
      const held = await admin.query('SELECT 1 FROM pg_locks WHERE NOT granted');
      expect(held.rows).not.toEqual([]);
    });

    leaving.signal('SIGTERM');

    expect(await waiting).toMatchObject({ status: 201, body: { status: 'STARTING' } });
    await admin.query('COMMIT');
    admin.release();
    expect(await inFlight).toMatchObject({ status: 200, body: { status: 'STOPPED' } });
    expect(await leaving.exitCode()).toBe(0);
    await holds(staying);
    expect(leaving.logLines().map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['draining', 'drained']),
    );
    expect((await staying.client.get(`/api/streams/${blocked.id}`)).status).toBe(200);
    await eventually(async () => {
      const stream = await staying.client.stream(blocked.id);
      expect(stream).toMatchObject({ status: 'STOPPED', removalPending: false });
    }, PATIENT);
  });

  it('is alive and serves, but is not ready, while it drains; and ends at once when asked again', async () => {
    const api = await startApi({ MEDIAMTX_TIMEOUT_MS: '20000' });
    await startThatHangs(api);

    api.signal('SIGTERM');

    await saysDraining(api);
    expect(await api.client.get('/health/ready')).toMatchObject({
      status: 503,
      body: { details: { process: { status: 'down' } } },
    });
    expect((await api.client.get('/health/live')).status).toBe(200);
    expect((await api.client.get('/api/streams')).status).toBe(200);
    api.signal('SIGTERM');
    expect(await api.exitCode()).toBe(1);
  });

  it('ends, and says that it was not gentle, when its own last call hangs', async () => {
    const api = await startApi({ MEDIAMTX_TIMEOUT_MS: '20000', DRAIN_TIMEOUT_MS: '200' });
    await startThatHangs(api);

    api.signal('SIGTERM');

    expect(await api.exitCode()).toBe(1);
    expect(api.logLines().map(({ msg }) => msg)).toContain('not drained in time; ending');
  });

  it('cuts a client that never ends its request, once the time for draining is over', async () => {
    const drainTimeoutMs = 1_500;
    const api = await startApi({ DRAIN_TIMEOUT_MS: String(drainTimeoutMs) });
    const stuck = await connectionThatSent(api, UNFINISHED);
    const cut = once(stuck, 'close');
    const askedAt = performance.now();

    api.signal('SIGTERM');

    expect(await api.exitCode()).toBe(0);
    await cut;
    expect(performance.now() - askedAt).toBeGreaterThan(drainTimeoutMs * 0.9);
  });
});

describe('an API that is killed', () => {
  it('between writing a start down and telling the node finishes it after its restart, unasked', async () => {
    const api = await startApi();
    await holds(api);
    const id = await startThatHangs(api);

    await api.kill9();
    node.faults.clear();
    await api.revive();

    await eventually(async () => {
      expect(await api.client.stream(id)).toMatchObject({
        status: 'RUNNING',
        health: 'HEALTHY',
      });
    }, PATIENT);
    const events = await api.client.events(id);
    expect(events.map(({ toStatus }) => toStatus)).toEqual(['STARTING', 'RUNNING']);
  });
});
