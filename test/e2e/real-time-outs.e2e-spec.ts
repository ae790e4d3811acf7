/**
 * Time-outs on the real thing: a node that hangs, and a camera that accepts and never answers. No
 * caller waits for either of them, and neither is blamed for what could not be seen.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { WrittenRows } from '#test/support/postgres/written-rows.js';
import { Proxy } from '#test/support/proxy.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

const PATIENT = { timeoutMs: 40_000, everyMs: 100 };
const TIMEOUT_MS = 90_000;
/** Longer than a thawed MediaMTX takes to notice that its connection is dead, and to dial again after 5 s. */
const DEADLINE_MS = 12_000;
const CALL_TIMEOUT_MS = 2_000;
/** A look older than this says nothing any more. */
const STALE_MS = 15_000;

onRealCamera('time-outs of a real node and a real camera', (binary) => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let camera: RtspCamera;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    [node, camera] = await Promise.all([RealMediaMtx.start(binary), RtspCamera.start(binary)]);
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: {
        SOURCE_DEADLINE_MS: String(DEADLINE_MS),
        MEDIAMTX_TIMEOUT_MS: String(CALL_TIMEOUT_MS),
      },
    });
  }, 60_000);

  afterAll(async () => {
    node.signal('SIGCONT');
    await api.stop();
    await Promise.all([camera.stop(), node.stop()]);
    await database.close();
  }, 30_000);

  async function expectStream(id: string, expected: Partial<StreamBody>): Promise<void> {
    await eventually(async () => {
      expect(await api.client.stream(id)).toMatchObject(expected);
    }, PATIENT);
  }

  async function took(call: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await call();
    return performance.now() - began;
  }

  it(
    'time-outs: a camera that accepts and never answers is an ERROR after the deadline, then SOURCE_TIMEOUT, and RUNNING when it answers',
    async () => {
      const way = await Proxy.start(Number(new URL(camera.url).port));
      way.blackHole();
      const source = secretSource(way.through(camera.url).replace('rtsp://', ''));
      const { body: stream } = await api.client.start('mute', source);
      await expectStream(stream.id, { status: 'ERROR', reason: 'SOURCE_TIMEOUT' });
      expect(way.openLinks).toBeGreaterThan(0);
      const [started, failed] = await api.client.events(stream.id);
      expect(failed).toMatchObject({ fromStatus: 'STARTING', toStatus: 'ERROR' });
      expect(Date.parse(failed!.at) - Date.parse(started!.at)).toBeGreaterThanOrEqual(DEADLINE_MS);

      way.heal();
      await expectStream(stream.id, { status: 'RUNNING', error: null });
      // It answers again before its media flows, which may be the last that was said of it.
      const { lastError } = await api.client.stream(stream.id);
      expect(['SOURCE_TIMEOUT', 'SOURCE_NO_MEDIA']).toContain(lastError?.code);
      await api.client.stop(stream.id);
      await way.stop();
    },
    TIMEOUT_MS,
  );

  it(
    'time-outs: a node that hangs delays no answer and changes nothing but the health, and thaws healed',
    async () => {
      const source = secretSource(camera.url.replace('rtsp://', ''));
      const { body: stream } = await api.client.start('yard', source, { waitS: 20 });
      await expectStream(stream.id, { status: 'RUNNING', health: 'HEALTHY' });
      const rows = await WrittenRows.since(database);

      node.signal('SIGSTOP');
      const frozenAt = performance.now();
      await expectStream(stream.id, { status: 'RUNNING', health: 'UNKNOWN' });
      expect(performance.now() - frozenAt).toBeGreaterThan(STALE_MS - CALL_TIMEOUT_MS);
      expect(await took(() => api.client.get('/api/streams'))).toBeLessThan(CALL_TIMEOUT_MS);
      expect(await took(() => api.client.get('/health'))).toBeLessThan(CALL_TIMEOUT_MS);
      await eventually(async () => {
        expect(await api.client.get('/health/ready')).toMatchObject({ status: 200 });
      }, PATIENT);
      expect(await rows.count()).toBe(0);

      const [waitS, late] = [1, api.client.stream(stream.id)];
      const starting = took(async () => {
        const { status, body } = await api.client.start('late', source, { waitS });
        expect(status).toBe(201);
        expect(body).toMatchObject({ status: 'STARTING', reason: 'NODE_UNREACHABLE' });
      });
      expect(await starting).toBeLessThan(waitS * 1_000 + CALL_TIMEOUT_MS);
      expect(await late).toMatchObject({ status: 'RUNNING', health: 'UNKNOWN' });

      node.signal('SIGCONT');
      await expectStream(stream.id, { status: 'RUNNING', health: 'HEALTHY', error: null });
      const { items } = (await api.client.get<{ items: StreamBody[] }>('/api/streams')).body;
      const second = items.find(({ cameraId }) => cameraId === 'late');
      await expectStream(second!.id, { status: 'RUNNING', reason: null });
      const stories = await Promise.all([stream.id, second!.id].map((id) => api.client.events(id)));
      expect(stories.flat().map(({ toStatus }) => toStatus)).not.toContain('ERROR');
    },
    TIMEOUT_MS,
  );
});
