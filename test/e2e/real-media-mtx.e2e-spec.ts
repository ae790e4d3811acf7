/** The main job on the real thing: a camera, frames out, kill -9, frames again with no hand. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { readFrames } from '#test/support/ffmpeg.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

const PATIENT = { timeoutMs: 30_000, everyMs: 100 };

onRealCamera('the main job', (binary) => {
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
      env: { MEDIAMTX_RTSP_URL: node.rtspUrl('').replace(/\/$/, '') },
    });
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await Promise.all([camera.stop(), node.stop()]);
    await database.close();
  });

  async function inboundBytes(path: string): Promise<number> {
    const { json } = await node.api.path(path);
    return Number(json['inboundBytes'] ?? json['bytesReceived'] ?? 0);
  }

  it('start, RUNNING with growing bytes, frames, kill -9, frames again, stop, path gone', async () => {
    const source = secretSource(camera.url.replace('rtsp://', ''));
    const { body: stream } = await api.client.start('yard', source, { waitS: 20 });
    expect(stream).toMatchObject({ status: 'RUNNING' });
    const before = await inboundBytes(stream.path);
    await eventually(async () => {
      expect(await inboundBytes(stream.path)).toBeGreaterThan(before);
    }, PATIENT);
    expect(await readFrames(stream.playback.rtsp)).toBe('h264 with frames');

    await node.restart();
    await eventually(async () => {
      expect(await readFrames(stream.playback.rtsp)).toBe('h264 with frames');
    }, PATIENT);
    await eventually(async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({
        status: 'RUNNING',
        reconnects: 1,
      });
    }, PATIENT);

    await api.client.stop(stream.id);
    await eventually(async () => {
      expect((await node.api.path(stream.path)).status).toBe(404);
    }, PATIENT);
    await eventually(async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({ removalPending: false });
    }, PATIENT);
  }, 120_000);
});
