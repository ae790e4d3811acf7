/**
 * 200 cameras that all fail, and a MediaMTX that is killed: they are dialled anew no faster than
 * allowed. The cameras count; each of them fails in its own way.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ApiProcess } from '#test/support/api/api-process.js';
import { FakeRtspCamera, answer } from '#test/support/cameras/fake-rtsp-camera.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const CAMERAS = 200;
const DIALS_PER_SECOND = 20;
/** Paced at the sender: on their way here, some may come closer to each other. */
const MOST_IN_A_SECOND = DIALS_PER_SECOND * 1.25;
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
    node = await RealMediaMtx.start(binary!);
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
    const killedAtMs = performance.now();
    await node.revive();
    const firstDials = await eventually(() => {
      const since = cameras.map(({ connectedAtMs }) => connectedAtMs.find((at) => at > killedAtMs));
      expect(since).not.toContain(undefined);
      return since.map(Number);
    }, PATIENT);

    expect(mostInASecond(firstDials)).toBeLessThanOrEqual(MOST_IN_A_SECOND);
    for (const camera of cameras) expect(camera.mostAtOnce).toBeLessThanOrEqual(2);
  }, 120_000);
});

function mostInASecond(instants: readonly number[]): number {
  const inOrder = [...instants].sort((one, other) => one - other);
  return Math.max(
    ...inOrder.map((from) => inOrder.filter((at) => at >= from && at < from + 1_000).length),
  );
}
