/**
 * 200 cameras that all fail, and a MediaMTX that is killed: they are dialled anew no faster than
 * allowed. Each fails in its own way, and says that it was dialled. The pace is read where no busy
 * machine can hasten it: MediaMTX notes when it was told of a path, the next one is sent only after
 * its answer, and it dials nobody whose path it was not told of.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ApiProcess } from '#test/support/api/api-process.js';
import { FakeRtspCamera, answer } from '#test/support/cameras/fake-rtsp-camera.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { mostInASecond } from '#test/support/most-in-a-second.js';
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const CAMERAS = 200;
const DIALS_PER_SECOND = 20;
const PATIENT = { timeoutMs: 90_000, everyMs: 100 };
const FAILURES = ['404 Not Found', '453 Not Enough Bandwidth', '500 Internal Server Error'];

const binary = await findRealMediaMtx();
const onReal = binary === null ? describe.skip : describe;

onReal('many cameras that do not deliver (needs a real MediaMTX)', () => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let api: ApiProcess;
  let cameras: FakeRtspCamera[];

  beforeAll(async () => {
    database = await TestDatabase.create();
    const settings = { logLevel: 'debug', logStructured: true };
    node = await RealMediaMtx.start(binary!, { settings });
    cameras = await Promise.all(
      Array.from({ length: CAMERAS }, (_, index) =>
        FakeRtspCamera.start(() => answer(FAILURES[index % FAILURES.length]!)),
      ),
    );
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { DIALS_PER_SECOND: String(DIALS_PER_SECOND), RECONCILE_INTERVAL_MS: '5000' },
    });
    for (const [index, camera] of cameras.entries()) {
      await api.client.start(`camera-${index}`, camera.url(`admin:${CANARY}`));
    }
  }, 120_000);

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await Promise.all(cameras.map((camera) => camera.stop()));
    await database.close();
  }, 30_000);

  it('are dialled anew at most 20 a second after their node was killed', async () => {
    await node.kill9();
    const [logBefore, killedAtMs] = [node.log.length, performance.now()];
    await node.revive();
    await eventually(() => {
      for (const { connectedAtMs } of cameras) {
        expect(connectedAtMs.some((at) => at > killedAtMs)).toBe(true);
      }
      // Vigia asks silent cameras itself as well: that one was connected to is not enough.
      const told = pathsTold(node.log.slice(logBefore));
      expect(new Set(told.map(({ path }) => path)).size).toBe(CAMERAS);
    }, PATIENT);

    const told = pathsTold(node.log.slice(logBefore));
    expect(mostInASecond(told.map(({ at }) => at))).toBeLessThanOrEqual(DIALS_PER_SECOND);
    for (const camera of cameras) expect(camera.mostAtOnce).toBeLessThanOrEqual(2);
  }, 120_000);
});

const TOLD =
  /^\{"timestamp":"(?<at>[^"]+)".*\[c->s\] POST \/v3\/config\/paths\/replace\/(?<path>\S+) /gm;

/** Each path that the node was told of, and when it noted that. */
function pathsTold(log: string): { path: string; at: number }[] {
  return [...log.matchAll(TOLD)].map(({ groups }) => ({
    path: String(groups?.['path']),
    at: Date.parse(String(groups?.['at'])),
  }));
}
