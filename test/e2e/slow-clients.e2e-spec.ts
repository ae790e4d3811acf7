/** Clients that are slow, gone or mad cost a socket for a while, and nobody else anything. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { RawConnection } from '#test/support/http/raw-connection.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const START = '/api/streams/start';
const SOURCE = secretSource('127.0.0.1:9/live');
/** 10 s for a whole request, and a second until somebody looks; the rest is for a busy machine. */
const CUT_WITHIN_MS = 12_000;

const startOf = (cameraId: string, headers = ''): string => {
  const body = JSON.stringify({ cameraId, source: SOURCE });
  return `${headOf(body.length, headers)}${body}`;
};
const headOf = (length: number, headers = ''): string =>
  `POST ${START} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${headers}\r\n`;

const SLOW: Readonly<Record<string, (connection: RawConnection) => void>> = {
  'says nothing': () => undefined,
  'drips its headers': (connection) => {
    connection.send(`GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: `);
    connection.drip('a', 200);
  },
  'drips its body': (connection) => {
    connection.send(headOf(60_000));
    connection.drip(' ', 200);
  },
  'drips its body in chunks': (connection) => {
    connection.send(headOf(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    connection.drip('1\r\n \r\n', 50);
  },
  'stops in the middle of its body': (connection) => {
    connection.send(startOf('half').slice(0, -20));
  },
  'waits to be told to continue and then does not': (connection) => {
    connection.send(headOf(100, 'Expect: 100-continue\r\n'));
  },
};

describe('slow and broken clients', () => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  async function open(behave: (connection: RawConnection) => void): Promise<RawConnection> {
    const connection = await RawConnection.open(api.port);
    behave(connection);
    return connection;
  }

  async function streamOf(cameraId: string): Promise<StreamBody> {
    const { body } = await api.client.get<{ items: StreamBody[] }>(
      `/api/streams?cameraId=${cameraId}`,
    );
    expect(body.items).toHaveLength(1);
    return body.items[0]!;
  }

  /** Answers how long the slowest of the requests took that others made in the meantime. */
  async function slowestRequestUntil(done: Promise<unknown>): Promise<number> {
    let isDone = false;
    void done.finally(() => (isDone = true));
    let slowestMs = 0;
    await eventually(
      async () => {
        const startedAt = performance.now();
        expect((await api.client.get('/api/streams')).status).toBe(200);
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        expect(isDone).toBe(true);
      },
      { timeoutMs: CUT_WITHIN_MS + 5_000, everyMs: 100 },
    );
    return slowestMs;
  }

  it('cuts whoever is slow after 12 s at most, while others are served', async () => {
    const kinds = Object.entries(SLOW).flatMap((kind) => Array.from({ length: 10 }, () => kind));
    const slow = await Promise.all(
      kinds.map(async ([name, behave]) => ({ name, connection: await open(behave) })),
    );

    const slowestMs = await slowestRequestUntil(
      Promise.all(slow.map(({ connection }) => connection.closed)),
    );

    expect(slowestMs).toBeLessThan(3_000);
    const tooLong = slow.filter(({ connection }) => connection.lifetimeMs > CUT_WITHIN_MS);
    expect(tooLong.map(({ name }) => name)).toEqual([]);
    const statuses = slow.map(({ name, connection: { answer } }) => `${name}: ${answer.status}`);
    // Told to continue, it was answered before it was late.
    const known = /: (?:408|0)$|^waits to be told to continue and then does not: 100$/;
    expect([...new Set(statuses)].filter((status) => !known.test(status))).toEqual([]);
    const dripping = slow.find(({ name }) => name === 'drips its headers');
    expect(JSON.parse(dripping?.connection.answer.body ?? '')).toMatchObject({
      status: 408,
      code: 'request.timeout',
    });
    const [row] = await database.query('SELECT id FROM streams');
    expect(row).toBeUndefined();
  });

  it('keeps the start of a caller that hangs up while it waits', async () => {
    node.faults.set({ kind: 'hang' });
    const caller = await open((each) =>
      each.send(startOf('left', 'Prefer: wait=30\r\nX-Request-Id: left\r\n')),
    );
    await eventually(() => streamOf('left'));

    caller.hangUp();

    await eventually(() => {
      const lines = api.logLines().filter(({ requestId, req }) => requestId === 'left' && req);
      expect(lines).toMatchObject([
        { req: { method: 'POST', path: START }, msg: expect.stringContaining('connection closed') },
      ]);
    });
    node.faults.clear();
    await eventually(
      async () => {
        expect(await streamOf('left')).toMatchObject({ status: 'RUNNING', desired: 'RUNNING' });
      },
      { timeoutMs: 15_000 },
    );
  });

  it('answers many starts on one connection and keeps nothing of them', async () => {
    const connection = await RawConnection.open(api.port);
    for (let index = 0; index < 15; index += 1) {
      const cameraId = `kept-${index}`;
      connection.send(startOf(cameraId, 'Prefer: wait=0\r\n'));
      await eventually(() => streamOf(cameraId));
    }
    connection.hangUp();

    const leaks = api.logs.split('\n').filter((line) => /Leak|MaxListeners/i.test(line));
    expect(leaks).toEqual([]);
  });

  it.each([
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'noise',
      Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7) % 256)).toString('latin1'),
    ],
    ['a proxy request', 'CONNECT example.invalid:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a version of its own', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a method of its own', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'a broken chunk',
      `${headOf(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked')}ZZ\r\n`,
    ],
    ['garbage behind a request', 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n\0\0\0\r\n\r\n'],
  ])('survives a client that speaks %s', async (_, text) => {
    const connection = await open((each) => each.send(text));

    await connection.closed;

    expect([0, 200, 400]).toContain(connection.answer.status);
    expect((await api.client.get('/health')).status).toBe(200);
    expect(api.isRunning).toBe(true);
  });

  it('survives clients that hang up at every point of a request', async () => {
    const whole = startOf('never');
    const cuts = Array.from({ length: 60 }, (_, index) => Math.floor((index * whole.length) / 60));

    await Promise.all(
      cuts.map(async (cut) => {
        const connection = await open((each) => each.send(whole.slice(0, cut)));
        connection.hangUp();
      }),
    );

    expect((await api.client.get('/health')).status).toBe(200);
    expect(api.logLines().filter(({ level }) => level === 'error')).toEqual([]);
  });
});
