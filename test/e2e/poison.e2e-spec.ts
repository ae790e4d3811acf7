/**
 * Somebody's PATCH is refused by MediaMTX and poisons it all the same: from then on it refuses every
 * write, and quotes the source of that PATCH, password and all, in each of its answers.
 */
import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually, throughout } from '#test/support/eventually.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { CANARY } from '../support/canary/canary.mjs';

const PATIENT = { timeoutMs: 20_000 };
const DEADLINE_MS = 1_000;
/** What MediaMTX refuses, and repeats to whoever writes next. */
const POISON = { source: `ftp://admin:${CANARY}@127.0.0.1:9/live` };
/** On demand: RUNNING needs no camera then. */
const ON_DEMAND = { onDemand: true };
const NAMED = 'NODE_CONFIG_POISONED';

onEveryTarget(({ it, use }) => {
  const target = use();
  let database: TestDatabase;
  let api: ApiProcess;
  let cameras = 0;

  beforeAll(async () => {
    database = await TestDatabase.create();
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: `http://127.0.0.1:${target().port}`,
      // No stream may become an ERROR by waiting, and /health must have time to say it.
      env: { SOURCE_DEADLINE_MS: String(DEADLINE_MS), RECONCILE_INTERVAL_MS: '1000' },
    });
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await database.close();
  });

  beforeEach(async () => {
    await eventually(async () => {
      expect(await health()).not.toContain(NAMED);
    }, PATIENT);
  });

  const health = async (): Promise<string> =>
    JSON.stringify((await api.client.get<object>('/health')).body);

  async function started(): Promise<StreamBody> {
    cameras += 1;
    const source = secretSource('127.0.0.1:9/live');
    const { body } = await api.client.start(`camera-${cameras}`, source, { body: ON_DEMAND });
    return body;
  }

  async function expectRunning({ id }: StreamBody): Promise<void> {
    await eventually(async () => {
      expect(await api.client.stream(id)).toMatchObject({ status: 'RUNNING' });
    }, PATIENT);
  }

  async function running(): Promise<StreamBody> {
    const stream = await started();
    await expectRunning(stream);
    return stream;
  }

  /** @param name of a path that the node has */
  async function poison(name: string): Promise<void> {
    const answer = await target().api.patch(name, POISON);
    expect(answer.status).toBe(400);
    // Else this test would prove nothing: the secret is in what the product is answered.
    expect(answer.text).toContain(CANARY);
    expect((await target().api.replace('other/probe', {})).text).toContain(CANARY);
  }

  /** @param lines of the log that were there before */
  async function expectSaid(lines: number): Promise<void> {
    await eventually(() => {
      const said = api.logLines().slice(lines);
      expect(said).toContainEqual(expect.objectContaining({ code: NAMED }));
    }, PATIENT);
  }

  async function expectHealed(): Promise<void> {
    await eventually(async () => {
      expect(await health()).not.toContain(NAMED);
    }, PATIENT);
  }

  /** The events of a stream: what it has been. */
  async function storyOf({ id }: StreamBody): Promise<string[]> {
    return (await api.client.events(id)).map(({ toStatus }) => toStatus);
  }

  /** Everywhere but in the column that is there for it. */
  async function expectNoSecret(): Promise<void> {
    const rows = await database.query(
      `SELECT to_jsonb(s) - 'source_secret' AS row FROM streams s
       UNION ALL SELECT to_jsonb(e) FROM stream_events e
       UNION ALL SELECT to_jsonb(l) FROM node_leases l
       UNION ALL SELECT to_jsonb(n) FROM nodes n`,
    );
    const list = await api.client.get('/api/streams?limit=500');
    const said = [api.logs, await health(), JSON.stringify(list.body), JSON.stringify(rows)];
    said.forEach((text) => {
      expect(text).not.toContain(CANARY);
    });
    expect(rows.length).toBeGreaterThan(2);
  }

  describe('poison with a canary credential', () => {
    it('in one of our own paths is named, blamed on no stream, and healed by its own path', async () => {
      const sick = await running();
      const before = api.logLines().length;
      await poison(sick.path);
      const next = await started();

      // Not by /health: the tick that would say so may have healed it by then.
      await expectSaid(before);
      await expectRunning(next);
      await expectHealed();
      expect((await target().api.replace('other/probe', {})).status).toBe(200);
      expect((await target().api.remove('other/probe')).status).toBe(200);
      expect(await storyOf(sick)).toEqual(['STARTING', 'RUNNING']);
      expect(await storyOf(next)).toEqual(['STARTING', 'RUNNING']);
      await expectNoSecret();
    });

    it('in our own path of a stream that is being stopped is healed by its removal', async () => {
      const sick = await running();
      await poison(sick.path);
      await api.client.stop(sick.id);
      const next = await started();

      await expectRunning(next);
      await expectHealed();
      await eventually(async () => {
        expect(await api.client.stream(sick.id)).toMatchObject({ removalPending: false });
      }, PATIENT);
      expect(await storyOf(sick)).toEqual(['STARTING', 'RUNNING', 'STOPPED']);
      expect(await storyOf(next)).toEqual(['STARTING', 'RUNNING']);
      await expectNoSecret();
    });

    it('in a foreign path is named as long as it lasts, and all converges once that path is gone', async () => {
      const [before, ending] = [await running(), await running()];
      expect((await target().api.add('lobby/door', {})).status).toBe(200);
      await eventually(async () => {
        expect((await target().api.config('lobby/door')).status).toBe(200);
      });
      await poison('lobby/door');
      const lines = api.logLines().length;
      const waiting = await started();
      const { status, body } = await api.client.stop(ending.id);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { status: 'STOPPED', removalPending: true },
      });

      await expectSaid(lines);
      await eventually(async () => expect(await health()).toContain(NAMED), PATIENT);
      await throughout(3 * DEADLINE_MS, async () => {
        // Not by /health, which says "unknown" when it was not told lately.
        expect(JSON.stringify(await api.client.get('/api/nodes'))).toContain(NAMED);
        expect(await api.client.stream(waiting.id)).toMatchObject({ status: 'STARTING' });
        expect(await api.client.stream(before.id)).toMatchObject({ status: 'RUNNING' });
      });

      expect((await target().api.remove('lobby/door')).status).toBe(200);
      await expectRunning(waiting);
      await expectHealed();
      await eventually(async () => {
        expect((await target().api.path(ending.path)).status).toBe(404);
        expect(await api.client.stream(ending.id)).toMatchObject({ removalPending: false });
      }, PATIENT);
      expect(await storyOf(waiting)).toEqual(['STARTING', 'RUNNING']);
      expect(await storyOf(before)).toEqual(['STARTING', 'RUNNING']);
      await expectNoSecret();
    });
  });
});
