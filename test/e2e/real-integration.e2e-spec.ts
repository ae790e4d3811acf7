/** A camera, the API and MediaMTX, all real, together: from the start to a picture, to its end. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { readFrames } from '#test/support/ffmpeg.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

const PATIENT = { timeoutMs: 20_000, everyMs: 100 };
const PICTURE = 'h264 with frames';

onRealCamera('integration with a real camera', (binary) => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let camera: RtspCamera;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    [node, camera] = await Promise.all([
      RealMediaMtx.start(binary, { hls: true }),
      RtspCamera.start(binary),
    ]);
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: {
        MEDIAMTX_RTSP_URL: new URL(node.rtspUrl('')).href.replace(/\/$/, ''),
        MEDIAMTX_HLS_URL: new URL(node.hlsUrl('x')).origin,
      },
    });
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await Promise.all([camera.stop(), node.stop()]);
    await database.close();
  }, 30_000);

  async function start(cameraId: string, body = {}): Promise<StreamBody> {
    const source = secretSource(camera.url.replace('rtsp://', ''));
    const answer = await api.client.start(cameraId, source, { waitS: 20, body });
    expect(answer.status).toBe(201);
    return answer.body;
  }

  async function expectGone({ id, path }: StreamBody): Promise<void> {
    await eventually(async () => {
      expect((await node.api.config(path)).status).toBe(404);
      expect((await node.api.path(path)).status).toBe(404);
      expect(await api.client.stream(id)).toMatchObject({
        status: 'STOPPED',
        removalPending: false,
      });
    }, PATIENT);
  }

  it('integration: start, RUNNING with media, a picture from each playback URL, stop, path gone', async () => {
    const stream = await start('yard');
    expect(stream).toMatchObject({ status: 'RUNNING', reason: null, error: null });
    expect(stream.startedAt).not.toBeNull();
    expect(await readFrames(stream.playback.rtsp)).toBe(PICTURE);
    expect(await readFrames(stream.playback.hls)).toBe(PICTURE);
    await eventually(async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({ health: 'HEALTHY' });
    }, PATIENT);

    const stopped = await api.client.stop(stream.id);
    expect(stopped).toMatchObject({ status: 200, body: { status: 'STOPPED' } });
    await expectGone(stream);
    await expect(readFrames(stream.playback.rtsp)).rejects.toThrow();
    await expect(readFrames(stream.playback.hls)).rejects.toThrow();
    const story = (await api.client.events(stream.id)).map(({ toStatus }) => toStatus);
    expect(story).toEqual(['STARTING', 'RUNNING', 'STOPPED']);
  }, 60_000);

  it('integration: on demand, the camera is dialled for a viewer and not before', async () => {
    const stream = await start('gate', { onDemand: true });
    expect(stream).toMatchObject({ status: 'RUNNING', reason: 'AWAITING_VIEWER' });
    expect((await node.api.path(stream.path)).json).toMatchObject({ available: false });

    expect(await readFrames(stream.playback.rtsp)).toBe(PICTURE);
    await api.client.stop(stream.id);
    await expectGone(stream);
  }, 60_000);
});
