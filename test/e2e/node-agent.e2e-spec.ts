/**
 * A node whose MediaMTX is run by the node agent: what is wanted is there after any restart without
 * a write, and why a camera fails comes from the node, which has dialled it anyhow.
 */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { FakeRtspCamera, answer, guardedByBasic } from '#test/support/cameras/fake-rtsp-camera.js';
import { eventually } from '#test/support/eventually.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { type NodeAgentProcess, NodeSite } from '#test/support/node-agent/node-agent-process.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { Proxy } from '#test/support/proxy.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

import { CANARY } from '../support/canary/canary.mjs';

jest.setTimeout(90_000);

const PATIENT = { timeoutMs: 40_000, everyMs: 50 };
const DEAD = 20;
/** Ticks of a real site, so that what comes sooner comes from hints. */
const SETTINGS = {
  RECONCILE_INTERVAL_MS: '5000',
  SOURCE_DEADLINE_MS: '5000',
  DIALS_PER_SECOND: '0',
};

onRealCamera('a node with an agent', (binary) => {
  let database: TestDatabase;
  let site: NodeSite;
  let agent: NodeAgentProcess;
  let proxy: Proxy;
  let api: ApiProcess;
  let camera: RtspCamera;
  let live: StreamBody;
  /** Writes to MediaMTX's control API, as they pass. */
  let writes: string[] = [];

  beforeAll(async () => {
    [database, site, camera] = await Promise.all([
      TestDatabase.create(),
      NodeSite.make(binary.path),
      RtspCamera.start(binary),
    ]);
    agent = await site.up();
    proxy = await Proxy.start(Number(new URL(site.apiUrl).port));
    proxy.observe((piece) => {
      const line = /^(?:POST|DELETE|PATCH) \S+/.exec(piece.toString())?.[0];
      if (line !== undefined) writes.push(line);
    });
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: proxy.through(site.apiUrl),
      env: { ...site.environment, ...SETTINGS },
    });
    live = (await api.client.start('live', camera.url)).body;
    for (let i = 0; i < DEAD; i += 1) {
      await api.client.start(`dead-${i}`, `rtsp://admin:${CANARY}@127.0.0.1:9/${i}`);
    }
    await running();
    await inBootFile(DEAD + 1);
  });
  afterAll(async () => {
    await api.stop();
    await site.end();
    await Promise.all([proxy.stop(), camera.stop()]);
    await database.close();
  });

  const running = (): Promise<void> =>
    eventually(async () => {
      expect(await api.client.stream(live.id)).toMatchObject({ status: 'RUNNING', reason: null });
    }, PATIENT);

  const listed = (count: number): Promise<void> =>
    eventually(async () => {
      expect(await site.listed()).toBe(count);
    }, PATIENT);

  /** The agent was given what is wanted by now. */
  async function inBootFile(count: number): Promise<void> {
    await eventually(async () => {
      const { revision, paths } = site.wanted();
      expect(Object.keys(paths)).toHaveLength(count);
      expect((await agent.report()).wantedRevision).toBe(revision);
    }, PATIENT);
  }

  async function killMediaMtx(): Promise<void> {
    const pid = await agent.childPid();
    process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      expect(await agent.childPid()).not.toBe(pid);
    }, PATIENT);
  }

  it('has everything again after each kill of MediaMTX, and not one write was needed', async () => {
    writes = [];
    for (let i = 0; i < 3; i += 1) {
      const before = (await api.client.stream(live.id)).observedAt;
      await killMediaMtx();
      await listed(DEAD + 1);
      await running();
      await eventually(async () => {
        expect((await api.client.stream(live.id)).observedAt).not.toBe(before);
      }, PATIENT);
    }
    expect(writes).toEqual([]);
  });

  it('tells why cameras fail without asking one of them', async () => {
    const unknown = await FakeRtspCamera.start(() => answer('404 Not Found'));
    const { body } = await api.client.start('unknown', unknown.url());
    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({ reason: 'SOURCE_NOT_FOUND' });
    }, PATIENT);
    const { body: dead } = await api.client.get<{ items: StreamBody[] }>('/api/streams?limit=50');
    const ofDead = dead.items.filter(({ cameraId }) => cameraId.startsWith('dead-'));
    expect(new Set(ofDead.map(({ reason }) => reason))).toEqual(new Set(['SOURCE_REFUSED']));
    expect(unknown.wasProbed).toBe(false);
    await api.client.stop(body.id);
    await unknown.stop();
  });

  it('parks a stream by what the node has met, and no restart tries the password again', async () => {
    const account = { user: 'admin', password: 'the right one' };
    const guarded = await FakeRtspCamera.start(guardedByBasic(account));
    const { body } = await api.client.start('guarded', guarded.url(`admin:${CANARY}`));
    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({ reason: 'SOURCE_AUTH_FAILED' });
    }, PATIENT);
    await inBootFile(DEAD + 1);
    const { logins } = guarded;
    expect(guarded.wasProbed).toBe(false);
    expect(logins).toBeLessThanOrEqual(3);
    await api.kill9();
    await killMediaMtx();
    await listed(DEAD + 1);
    await api.revive();
    await running();
    expect(guarded.logins).toBe(logins);
    await api.client.stop(body.id);
    await guarded.stop();
  });

  it('brings cameras back while Vigia is down, and none that was stopped', async () => {
    const { body: stopped } = await api.client.start('stopped', 'rtsp://127.0.0.1:9/stopped');
    await inBootFile(DEAD + 2);
    await api.client.stop(stopped.id);
    await inBootFile(DEAD + 1);
    await api.kill9();
    await killMediaMtx();
    await listed(DEAD + 1);
    await eventually(async () => {
      expect((await site.api.path('cam/live')).json['available']).toBe(true);
    }, PATIENT);
    writes = [];
    await api.revive();
    await running();
    expect(writes).toEqual([]);
  });

  it('is looked after as any other while its agent is gone, which is said once', async () => {
    await agent.process.kill9();
    await eventually(async () => {
      expect((await api.client.get('/health')).body).toMatchObject({
        details: {
          mediamtx: { nodes: [{ warnings: [expect.stringContaining('NODE_AGENT_UNREACHABLE')] }] },
        },
      });
    }, PATIENT);
    agent = await site.up();
    await listed(DEAD + 1);
    await running();
    await eventually(async () => {
      expect((await api.client.get('/health')).body).toMatchObject({ status: 'ok' });
    }, PATIENT);
    const said = api.logLines().map(({ msg }) => msg);
    const gone = 'node agent does not answer; the node is looked after without it';
    expect(said.filter((sentence) => sentence === gone)).toHaveLength(1);
  });
});
