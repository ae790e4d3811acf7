/** The log: one line per fact, nothing that is secret, and nothing at all while nothing happens. */
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';
import { RawConnection } from '#test/support/http/raw-connection.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { CANARY } from '../support/canary/canary.mjs';

const MAIN = path.resolve(import.meta.dirname, '../../dist/apps/api/main.js');
const SOURCE = secretSource('127.0.0.1:9/live');
const PATIENT = { timeoutMs: 15_000 };
/** In the query, the headers and the body of requests, where it may come back but not be logged. */
const SECRET = 'n0t-for-the-log';

type Line = Record<string, unknown>;

describe('the log of the API', () => {
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
      env: {
        RECONCILE_INTERVAL_MS: '200',
        SOURCE_DEADLINE_MS: '1000',
        MEDIAMTX_API_ULR: 'http://127.0.0.1:1',
        VIGIA_DATADIR: `/${SECRET}`,
      },
    });
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  const linesOf = (about: Line): Line[] =>
    api
      .logLines()
      .filter((line) => Object.entries(about).every(([key, value]) => line[key] === value));

  /** The rounds in which the node was looked at, whatever it answered. */
  const looks = (): number =>
    node.requests.filter(({ path: url }) => url.includes('/paths/list')).length;

  async function afterTicks(count: number): Promise<void> {
    const before = looks();
    await eventually(() => expect(looks()).toBeGreaterThan(before + count), PATIENT);
  }

  it('is JSON, a line for each fact, with level, time and words', async () => {
    await api.client.start('json', SOURCE, { waitS: 10 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => api.client.start(`many-${i}`, SOURCE)));
    await eventually(() => expect(linesOf({ to: 'RUNNING' }).length).toBe(21), PATIENT);

    const lines = api.logs.trimEnd().split('\n');
    expect(lines.filter((line) => !/^\{.*\}$/.test(line))).toEqual([]);
    for (const line of api.logLines()) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(info|warn|error)$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        msg: expect.any(String),
      });
    }
  });

  it('takes the id of a request, gives it back and names the request with it', async () => {
    const { headers } = await api.client.send('POST', '/api/streams/start', {
      headers: { 'x-request-id': 'order-4711' },
      body: JSON.stringify({ cameraId: 'named', source: SOURCE }),
    });

    expect(headers.get('x-request-id')).toBe('order-4711');
    await eventually(() => {
      expect(linesOf({ requestId: 'order-4711', msg: 'request' })).toMatchObject([
        { req: { method: 'POST', path: '/api/streams/start' }, res: { status: 201 } },
      ]);
    });
  });

  it('gives a request without an id one of its own', async () => {
    const { headers } = await api.client.stop('x');

    const id = headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await eventually(() => expect(linesOf({ requestId: id, msg: 'request' })).toHaveLength(1));
  });

  it('says each transition once, with its reason', async () => {
    const { body } = await api.client.start('dead', 'rtsp://127.0.0.1:9/dead', { waitS: 20 });
    expect(body.status).toBe('ERROR');
    await api.client.stop(body.id);

    const events = await api.client.events(body.id);
    await eventually(() => expect(linesOf({ streamId: body.id, to: 'STOPPED' })).toHaveLength(1));
    const said = linesOf({ streamId: body.id }).map(({ to, reason }) => [to, reason]);
    expect(said).toEqual(
      expect.arrayContaining([
        ['ERROR', 'SOURCE_NO_MEDIA'],
        ['STOPPED', 'REMOVAL_PENDING'],
      ]),
    );
    const observed = events.filter(({ fromStatus }) => fromStatus !== null);
    for (const { toStatus, reason } of observed) {
      expect(said.filter(([to, why]) => to === toStatus && why === reason)).toHaveLength(1);
    }
  });

  it('says nothing while nothing happens', async () => {
    await afterTicks(5);
    const before = api.logs;

    await afterTicks(15);
    await Promise.all(
      ['/health', '/health/ready', '/api/streams'].map((url) => api.client.get(url)),
    );

    expect(api.logs.slice(before.length)).toBe('');
  });

  it('holds of a request its method, path, status and id, and nothing else', async () => {
    const headers = { authorization: `Bearer ${SECRET}`, cookie: SECRET, 'user-agent': SECRET };
    const body = JSON.stringify({ [SECRET]: SECRET, cameraId: SECRET });
    await api.client.send('POST', `/api/streams/start?token=${SECRET}`, { headers, body });
    await api.client.send('DELETE', `/api/streams?token=${SECRET}#${SECRET}`, { headers });
    await api.client.get(`/api/streams?cameraId=${SECRET}&label=a=${SECRET}`);
    const viaProxy = `DELETE http://user:${SECRET}@x/api/streams?${SECRET} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    expect((await RawConnection.exchange(api.port, viaProxy)).status).toBe(405);

    await eventually(() => {
      const paths = linesOf({ msg: 'request' }).map(({ req }) => (req as Line)['path']);
      expect(paths.slice(-3)).toEqual(['/api/streams/start', '/api/streams', '/api/streams']);
    });
    for (const { req, res, ...line } of linesOf({ msg: 'request' })) {
      expect(Object.keys(req as Line)).toEqual(['method', 'path']);
      expect(Object.keys(res as Line)).toEqual(['status']);
      expect(Object.keys(line).sort()).toEqual(['durationMs', 'level', 'msg', 'requestId', 'time']);
    }
    expect(withoutWarnings()).not.toContain(SECRET);
  });

  it('holds no secret when the database refuses a row and quotes it', async () => {
    await database.query(`ALTER TABLE streams ADD CONSTRAINT no_boom CHECK (camera_id <> 'boom')`);

    const { status, headers } = await api.client.start('boom', SOURCE);

    expect(status).toBe(500);
    const requestId = headers.get('x-request-id');
    await eventually(() => {
      expect(linesOf({ requestId, level: 'error' })).toMatchObject([
        {
          code: 'internal',
          err: {
            message: expect.stringContaining('no_boom'),
            stack: expect.any(String),
          },
          path: '/api/streams/start',
        },
      ]);
      expect(linesOf({ requestId, msg: 'request' })).toHaveLength(1);
    });
    // Not in any of the ways in which libraries print what they were given.
    const hex = Buffer.from(CANARY).toString('hex');
    const bytes = [...Buffer.from(CANARY)].join(',');
    for (const form of [CANARY, hex, bytes, Buffer.from(CANARY).toString('base64').slice(0, -3)]) {
      expect(api.logs).not.toContain(form);
    }
    await database.query('ALTER TABLE streams DROP CONSTRAINT no_boom');
  });

  it('says once that the node is down and once that it is back, with how long it was', async () => {
    const startedAt = performance.now();
    node.faults.set({ kind: 'reset' });
    await afterTicks(5);
    const downMs = performance.now() - startedAt;
    node.faults.clear();
    await eventually(() => expect(linesOf({ msg: 'node answers again' })).toHaveLength(1), PATIENT);
    await afterTicks(5);

    expect(linesOf({ msg: 'node does not answer' })).toMatchObject([
      { level: 'warn', nodeId: 'default', cause: 'connection reset' },
    ]);
    const [back, ...more] = linesOf({ msg: 'node answers again' });
    expect(more).toEqual([]);
    expect(back?.['outageMs']).toBeGreaterThan(downMs * 0.5);
    expect(back?.['outageMs']).toBeLessThan(performance.now() - startedAt);
  });

  it('warns of misspelt settings with the right name, and never with the value', () => {
    const said = linesOf({ level: 'warn' }).map(({ msg }) => String(msg));

    expect(said).toContain(
      'MEDIAMTX_API_ULR is not a setting of Vigia; did you mean MEDIAMTX_API_URL?',
    );
    expect(said).toContain('VIGIA_DATADIR is not a setting of Vigia; did you mean VIGIA_DATA_DIR?');
  });

  /** The test's own misspelt setting aside. */
  function withoutWarnings(): string {
    return api.logs.replaceAll(`/${SECRET}`, '');
  }
});

describe('a start of the API', () => {
  it('can be read by people when they ask for that', async () => {
    const database = await TestDatabase.create();
    const node = await MediaMtxSimulator.start();
    const api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { LOG_FORMAT: 'pretty', NO_COLOR: '1' },
    });

    await api.client.start('pretty', SOURCE, { waitS: 10 });

    await eventually(() => {
      expect(api.logs).toMatch(/^\[[\d:. +-]+\] INFO: listening \{"url":"http:/m);
      expect(api.logs).toMatch(/INFO: stream changed .*"to":"RUNNING"/);
    });
    await api.stop();
    await node.stop();
    await database.close();
  });

  it('says all faults of the environment at once, without values, and ends with 1', async () => {
    const child = await ChildProcess.start(process.execPath, [MAIN], {
      env: {
        DATABASE_URL: `mysql://vigia:${CANARY}@127.0.0.1/vigia`,
        MEDIAMTX_API_URL: `ftp://vigia:${CANARY}@127.0.0.1`,
        PORT: '70000',
        NODE_ID: CANARY.repeat(10),
        MEDIAMTX_TIMEOUT_MS: '5s',
        LOG_FORMAT: CANARY,
        MIGRATE_ON_START: 'yes',
      },
    });

    expect(await child.exited).toBe(1);
    const [first, ...faults] = child.output.trimEnd().split('\n');
    expect(first).toBe('The environment is not valid:');
    expect(faults.map((line) => line.trim().split(':', 1)[0]).sort()).toEqual([
      ...['DATABASE_URL', 'LOG_FORMAT', 'MEDIAMTX_API_URL', 'MEDIAMTX_TIMEOUT_MS'],
      ...['MIGRATE_ON_START', 'NODE_ID', 'PORT'],
    ]);
    expect(child.output).not.toContain(CANARY);
  });

  it('says what is missing', async () => {
    const env = { DATABASE_URL: '', MEDIAMTX_API_USER: '' };
    const child = await ChildProcess.start(process.execPath, [MAIN], { env });

    expect(await child.exited).toBe(1);
    expect(child.output).toBe('The environment is not valid:\n  DATABASE_URL: must be set\n');
  });
});
