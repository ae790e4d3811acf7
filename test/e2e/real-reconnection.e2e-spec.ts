/**
 * Automatic reconnection on the real thing: whatever way a camera is lost, its stream says so, and is
 * RUNNING again, with a picture, once the camera is back; nobody lifts a hand. The stories take time
 * only because MediaMTX does (5 s between two dials), so they happen side by side.
 */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually, throughout } from '#test/support/eventually.js';
import { readFrames } from '#test/support/ffmpeg.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';
import { story as sideBySide } from '#test/support/stories.js';

const PATIENT = { timeoutMs: 40_000, everyMs: 100 };
const TIMEOUT_MS = 90_000;
/** Longer than the 4 s for which silence must last before it is believed. */
const BELIEVED_MS = 6_000;

const RECONNECTED = ['STARTING', 'RUNNING', 'STARTING RECONNECTING', 'RUNNING'];

onRealCamera('automatic reconnection to a real camera', (binary) => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let api: ApiProcess;
  const cameras: RtspCamera[] = [];

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await RealMediaMtx.start(binary);
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { MEDIAMTX_RTSP_URL: new URL(node.rtspUrl('')).href.replace(/\/$/, '') },
    });
  }, 60_000);

  afterAll(async () => {
    await api.stop();
    await Promise.all(cameras.map((camera) => camera.stop()));
    await node.stop();
    await database.close();
  }, 30_000);

  const story = (title: string, tell: () => Promise<void>): void => {
    sideBySide(title, tell, TIMEOUT_MS);
  };

  async function running(cameraId: string): Promise<{ camera: RtspCamera; stream: StreamBody }> {
    const camera = await RtspCamera.start(binary);
    cameras.push(camera);
    const source = secretSource(camera.url.replace('rtsp://', ''));
    const { body } = await api.client.start(cameraId, source, { waitS: 20 });
    expect(body).toMatchObject({ status: 'RUNNING', reconnects: 0 });
    return { camera, stream: body };
  }

  async function expectStream(id: string, expected: Partial<StreamBody>): Promise<void> {
    await eventually(async () => {
      expect(await api.client.stream(id)).toMatchObject(expected);
    }, PATIENT);
  }

  async function storyOf(id: string): Promise<string[]> {
    const events = await api.client.events(id);
    return events.map(({ toStatus, reason }) => [toStatus, reason ?? []].flat().join(' '));
  }

  async function expectLostAndFound(
    cameraId: string,
    { lose, find }: Record<'lose' | 'find', (camera: RtspCamera) => void | Promise<void>>,
  ): Promise<void> {
    const { camera, stream } = await running(cameraId);
    await lose(camera);
    await expectStream(stream.id, { status: 'STARTING', reason: 'RECONNECTING' });
    await find(camera);
    await expectStream(stream.id, { status: 'RUNNING', reason: null, reconnects: 1, error: null });
    expect(await readFrames(stream.playback.rtsp)).toBe('h264 with frames');
    expect(await storyOf(stream.id)).toEqual(RECONNECTED);
    await api.client.stop(stream.id);
  }

  story('automatic reconnection: after the stream of the camera ended', () =>
    expectLostAndFound('ends', {
      lose: (camera) => camera.endStream(),
      find: (camera) => camera.resume(),
    }),
  );

  story('automatic reconnection: after the camera was gone from the network', () =>
    expectLostAndFound('gone', {
      lose: (camera) => camera.kill(),
      find: (camera) => camera.restart(),
    }),
  );

  story('automatic reconnection: after the camera hung with its connection open', () =>
    expectLostAndFound('hangs', {
      lose: (camera) => camera.freeze(),
      find: (camera) => camera.thaw(),
    }),
  );

  story('automatic reconnection: a blip of 1 s changes nothing', async () => {
    const { camera, stream } = await running('blips');
    camera.freeze();
    await delay(1_000);
    camera.thaw();
    await throughout(BELIEVED_MS, async () => {
      expect(await api.client.stream(stream.id)).toMatchObject({ status: 'RUNNING' });
    });
    expect(await storyOf(stream.id)).toEqual(['STARTING', 'RUNNING']);
    expect(await api.client.stream(stream.id)).toMatchObject({
      reconnects: 0,
      health: 'HEALTHY',
      updatedAt: stream.updatedAt,
    });
  });
});
