/** Postgres is down, restarts, crashes, hangs and is locked, under a living API. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiAnswer, secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { Proxy } from '#test/support/proxy.js';

import { findCanary } from '../support/canary/find-canary.mjs';
import { Postgres } from '../support/postgres/postgres.mjs';

/** Its name makes it one that is searched for secrets. */
const DATABASE = 'test_outage';
const LEASE_TTL_MS = 2_000;
/** Longer than the lease lives. */
const OUTAGE_MS = LEASE_TTL_MS + 500;
/** What each answer would wait for, if health asked when it is asked. */
const CHECK_TIMEOUT_MS = 1_000;
/** The API gives a connection 2 s and a query 5 s; the rest is for a busy machine. */
const ANSWERED_WITHIN_MS = 15_000;
const RECOVERED = { timeoutMs: 20_000 };

let postgres: Postgres;
let proxy: Proxy;
let node: MediaMtxSimulator;
let api: ApiProcess;
let gate: StreamBody;
let yard: StreamBody;

beforeAll(async () => {
  // What was answered must have been written down, or the test would prove nothing.
  postgres = await Postgres.start({ synchronous_commit: 'on' });
  await postgres.query(`CREATE DATABASE ${DATABASE}`);
  proxy = await Proxy.start(postgres.port);
  node = await MediaMtxSimulator.start();
  api = await ApiProcess.start({
    databaseUrl: proxy.through(postgres.url(DATABASE)),
    mediaMtxUrl: node.url,
    env: { LEASE_TTL_MS: String(LEASE_TTL_MS) },
  });
  [gate, yard] = (await Promise.all(
    ['gate', 'yard'].map(async (cameraId) => {
      const { body } = await api.client.start(cameraId, secretSource('127.0.0.1:9/a'), {
        waitS: 20,
      });
      expect(body.status).toBe('RUNNING');
      return body;
    }),
  )) as [StreamBody, StreamBody];
}, 60_000);

afterAll(async () => {
  await api.stop();
  await node.stop();
  await proxy.stop();
  await postgres.remove();
});

const show = (): Promise<ApiAnswer<StreamBody>> => api.client.get(`/api/streams/${gate.id}`);

function expectUnavailable({ status, headers, problem }: ApiAnswer<unknown>): void {
  expect(status).toBe(503);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(problem).toMatchObject({ status: 503, code: 'database.unavailable' });
}

async function expectHealthSays(database: 'up' | 'down'): Promise<void> {
  const status = database === 'up' ? 200 : 503;
  const [live, ready, all] = await Promise.all(
    ['/live', '/ready', ''].map((probe) => api.client.get(`/health${probe}`)),
  );
  expect(live?.status).toBe(200);
  expect(ready?.status).toBe(status);
  expect(all).toMatchObject({ status, body: { details: { database: { status: database } } } });
}

/** Whole again: both streams are believed, and nobody has touched their paths. */
async function expectUntouched(writesBefore: number): Promise<void> {
  await eventually(async () => {
    for (const { id } of [gate, yard]) {
      const { status, body } = await api.client.get(`/api/streams/${id}`);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { status: 'RUNNING', health: 'HEALTHY' },
      });
    }
    await expectHealthSays('up');
    expect(await lease()).toMatchObject([{ is_held: true }]);
  }, RECOVERED);
  expect(node.configWrites).toBe(writesBefore);
  expect(await api.client.events(gate.id)).toHaveLength(2);
}

const lease = (): Promise<unknown[]> =>
  postgres.query('SELECT owner, epoch, expires_at > now() AS is_held FROM node_leases', DATABASE);

async function pathsOnNode(): Promise<string[]> {
  const response = await fetch(`${node.url}/v3/paths/list?itemsPerPage=10000`);
  const { items } = (await response.json()) as { items: { name: string }[] };
  return items.map(({ name }) => name).sort();
}

describe('Postgres that is down', () => {
  it('is a 503 with Retry-After, no reason to die or to touch a path, and mended by itself', async () => {
    const writesBefore = node.configWrites;
    const loggedBefore = api.logLines().length;
    await postgres.stop();

    const answers = await Promise.all([
      show(),
      api.client.get('/api/streams'),
      api.client.get(`/api/streams/${gate.id}/events`),
      api.client.start('refused', secretSource('127.0.0.1:9/a')),
      api.client.stop(gate.id),
    ]);
    answers.forEach(expectUnavailable);
    await eventually(() => expectHealthSays('down'), RECOVERED);
    await delay(OUTAGE_MS);
    expect(await pathsOnNode()).toEqual(['cam/gate', 'cam/yard']);

    await postgres.start();
    await expectUntouched(writesBefore);
    const [end, ...more] = await eventually(() => {
      const lines = api.logLines().slice(loggedBefore);
      const ends = lines.filter(({ msg }) => msg === 'Lease works again');
      expect(ends).not.toEqual([]);
      return ends;
    });
    expect(more).toEqual([]);
    expect(end?.['outageMs']).toBeGreaterThan(OUTAGE_MS / 2);
    const started = await api.client.start('refused', secretSource('127.0.0.1:9/a'));
    expect(started.status).toBe(201);
    expect((await api.client.stop(started.body.id)).status).toBe(200);
  });
});

describe('Postgres that restarts under load', () => {
  async function restartUnder(load: Load, signal: NodeJS.Signals): Promise<void> {
    await load.acceptsMore();
    await postgres.stop(signal);
    await eventually(() => {
      expect(load.statuses).toContain(503);
    }, RECOVERED);
    await postgres.start();
    await load.acceptsMore();
  }

  it.each([
    ['shut down', 'SIGINT'],
    ['crashed', 'SIGQUIT'],
  ] as const)('keeps every start that was answered, when it %s', async (how, signal) => {
    const load = new Load(api, how.replace(' ', '-'));
    const running = load.run();
    await restartUnder(load, signal).finally(() => {
      load.end();
    });
    await running;

    expect(load.unexpected).toEqual([]);
    const rows = await postgres.query<{ id: string; camera_id: string; path: string }>(
      `SELECT id, camera_id, path FROM streams WHERE desired = 'RUNNING'`,
      DATABASE,
    );
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(load.accepted));
    expect(new Set(rows.map(({ camera_id }) => camera_id)).size).toBe(rows.length);
    await eventually(async () => {
      expect(await pathsOnNode()).toEqual(rows.map(({ path }) => path).sort());
    }, RECOVERED);
  });
});

describe('Postgres that hangs', () => {
  it('is a 503 at the deadline, and answers again when it goes on', async () => {
    const writesBefore = node.configWrites;
    proxy.blackHole();
    const sentAt = performance.now();

    const answering = Array.from({ length: 12 }, show);
    await eventually(() => expectHealthSays('down'), RECOVERED);
    (await Promise.all(answering)).forEach(expectUnavailable);
    expect(performance.now() - sentAt).toBeLessThan(ANSWERED_WITHIN_MS);

    proxy.heal();
    await expectUntouched(writesBefore);
    const again = await Promise.all(Array.from({ length: 24 }, show));
    expect(again.map(({ status }) => status)).toEqual(again.map(() => 200));
  });
});

describe('everything that hangs', () => {
  it('delays no answer about health, and is well again by itself', async () => {
    const writesBefore = node.configWrites;
    const loggedBefore = api.logLines().length;
    proxy.blackHole();
    node.faults.set({ kind: 'hang' });
    await eventually(() => expectHealthSays('down'), RECOVERED);

    for (const probe of ['/live', '/ready', '']) {
      const delays = await delaysOf(() => api.client.get(`/health${probe}`), 21);
      expect(delays.sort((one, other) => one - other)[10]).toBeLessThan(CHECK_TIMEOUT_MS / 2);
    }
    await expectHealthSays('down');

    proxy.heal();
    node.faults.clear();
    await expectUntouched(writesBefore);
    const said = api.logLines().slice(loggedBefore);
    expect(said.filter(({ msg }) => msg === 'Database check works again')).toHaveLength(1);
    expect(JSON.stringify(said)).not.toContain('Nodes check');
  });

  async function delaysOf(call: () => Promise<unknown>, count: number): Promise<number[]> {
    const delays: number[] = [];
    while (delays.length < count) {
      const sentAt = performance.now();
      await call();
      delays.push(performance.now() - sentAt);
    }
    return delays;
  }
});

describe('a table that somebody has locked', () => {
  it('exhausts the pool, which is a 503, and costs neither the lease nor the process', async () => {
    const writesBefore = node.configWrites;
    const locked = postgres.query(
      `BEGIN; LOCK TABLE streams IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(30)`,
      DATABASE,
    );
    void locked.catch(() => undefined);
    await eventually(async () => {
      expect(await backends(`wait_event = 'PgSleep'`)).toHaveLength(1);
    });
    const epochBefore = await lease();

    const readiness: number[] = [];
    let unanswered = 24;
    const answering = Promise.all(
      Array.from({ length: unanswered }, async () => {
        const answer = await show();
        unanswered -= 1;
        return answer;
      }),
    );
    while (unanswered > 0) {
      expect(await lease()).toEqual(epochBefore);
      expect((await api.client.get('/health/live')).status).toBe(200);
      readiness.push((await api.client.get('/health/ready')).status);
      await delay(100);
    }
    // Not each: the machine may be busy for a second.
    expect(readiness.filter((status) => status === 200).length).toBeGreaterThan(
      readiness.length / 2,
    );
    (await answering).forEach(expectUnavailable);

    await postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`,
      DATABASE,
    );
    await expect(locked).rejects.toThrow();
    await expectUntouched(writesBefore);
  });

  const backends = (condition: string): Promise<unknown[]> =>
    postgres.query(`SELECT pid FROM pg_stat_activity WHERE ${condition}`, DATABASE);
});

describe('after all of this', () => {
  it('the process is the one that was started, and has nothing to be ashamed of', async () => {
    expect(api.isRunning).toBe(true);
    expect(api.logs).not.toMatch(/unhandled|uncaught|MaxListeners/i);
    expect(api.logLines().filter(({ level }) => level === 'error' || level === 'fatal')).toEqual(
      [],
    );
    const count = (sentence: string): number =>
      api.logLines().filter(({ msg }) => msg === sentence).length;
    await eventually(() => {
      for (const name of ['Database check', 'Lease', 'Reconcile']) {
        const begins = `${name} fails; it is tried again`;
        // Without its lease the process does not see the end of what goes on for its node.
        const letGo = api.logLines().filter(({ fault }) => fault === begins).length;
        expect([name, count(begins)]).toEqual([name, count(`${name} works again`) + letGo]);
      }
    }, RECOVERED);
    // Of which there were many more than outages.
    expect(count('requests are refused for now')).toBeGreaterThan(0);
    expect(count('requests are refused for now')).toBeLessThan(10);
    expect(count('request refused for now')).toBe(0);
    const { hits } = await findCanary(process.env['TEST_SAID_FOLDER'] ?? '', postgres);
    expect(hits).toEqual([]);
  });
});

/** Starts of cameras of their own and of one that all want, and reads, one after another. */
class Load {
  readonly accepted: string[] = [];
  readonly statuses: number[] = [];
  readonly unexpected: number[] = [];
  private isEnding = false;
  private cameras = 0;

  constructor(
    private readonly target: ApiProcess,
    private readonly name: string,
  ) {}

  async run(): Promise<void> {
    await Promise.all([
      this.repeat(() => this.startAnother()),
      this.repeat(() => this.startAnother()),
      this.repeat(() => this.start(`${this.name}-shared`, [201, 409, 503])),
      this.repeat(() => this.read()),
    ]);
  }

  end(): void {
    this.isEnding = true;
  }

  async acceptsMore(): Promise<void> {
    const before = this.accepted.length;
    await eventually(() => {
      expect(this.accepted.length).toBeGreaterThan(before + 10);
    }, RECOVERED);
  }

  private async repeat(act: () => Promise<void>): Promise<void> {
    while (!this.isEnding) await act();
  }

  private startAnother(): Promise<void> {
    this.cameras += 1;
    return this.start(`${this.name}-${this.cameras}`, [201, 503]);
  }

  private async start(cameraId: string, expected: number[]): Promise<void> {
    const { status, body } = await this.target.client.start(
      cameraId,
      secretSource('127.0.0.1:9/a'),
    );
    if (status === 201) this.accepted.push(body.id);
    this.note(status, expected);
  }

  private async read(): Promise<void> {
    this.note((await show()).status, [200, 503]);
  }

  private note(status: number, expected: number[]): void {
    this.statuses.push(status);
    if (!expected.includes(status)) this.unexpected.push(status);
  }
}
