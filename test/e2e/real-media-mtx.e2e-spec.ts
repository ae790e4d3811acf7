/** The main job on the real thing: a camera, frames out, kill -9, frames again with no hand. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

const PATIENT = { timeoutMs: 30_000, everyMs: 100 };

const binary = await findRealMediaMtx();
const onReal = binary === null ? describe.skip : describe;

onReal('the main job (needs a real MediaMTX)', () => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let camera: RtspCamera;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    [node, camera] = await Promise.all([RealMediaMtx.start(binary!), RtspCamera.start(binary!)]);
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
    const { body: stream } = await api.client.start('yard', camera.url, { waitS: 20 });
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

  it('tells a lost camera from a running one, and its return', async () => {
    const { body: stream } = await api.client.start('door', camera.url, { waitS: 20 });
    expect(stream).toMatchObject({ status: 'RUNNING' });
    await camera.endStream();
    await eventually(async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({
        status: 'STARTING',
        reason: 'RECONNECTING',
      });
    }, PATIENT);

    await camera.resume();
    await eventually(async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({
        status: 'RUNNING',
        reconnects: 1,
      });
    }, PATIENT);
    await api.client.stop(stream.id);
  }, 120_000);
});

/** Reads frames for two seconds as a viewer would. */
async function readFrames(url: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'ffprobe',
    [
      ...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v:0', '-count_frames'],
      ...['-read_intervals', '%+2', '-show_entries', 'stream=codec_name,nb_read_frames'],
      ...['-of', 'json', url],
    ],
    { timeout: 15_000 },
  );
  const { streams } = JSON.parse(stdout) as {
    streams: { codec_name: string; nb_read_frames: string }[];
  };
  const [video] = streams;
  return Number(video?.nb_read_frames) > 1 ? `${video?.codec_name} with frames` : 'no frames';
}
