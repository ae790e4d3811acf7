/**
 * Automatic reconnection on the real thing: whatever way a camera is lost, its stream says so, and is
 * RUNNING again, with a picture, once the camera is back; nobody lifts a hand. The stories take time
 * only because MediaMTX does (5 s between two dials), so they happen side by side.
 */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { throughout } from '#test/support/eventually.js';
import { readFrames } from '#test/support/ffmpeg.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { type RtspCamera } from '#test/support/rtsp-camera.js';
import { RealSite, placeOf } from '#test/support/site/real-site.js';
import { story as sideBySide } from '#test/support/stories.js';

const PATIENT = { timeoutMs: 40_000, everyMs: 100 };
const TIMEOUT_MS = 90_000;
/** Longer than the 4 s for which silence must last before it is believed. */
const BELIEVED_MS = 6_000;

const RECONNECTED = ['STARTING', 'RUNNING', 'STARTING RECONNECTING', 'RUNNING'];

onRealCamera('automatic reconnection to a real camera', (binary) => {
  let site: RealSite;

  beforeAll(async () => {
    site = await RealSite.open(binary, PATIENT);
  }, 60_000);

  afterAll(() => site.close(), 30_000);

  const story = (title: string, tell: () => Promise<void>): void => {
    sideBySide(title, tell, TIMEOUT_MS);
  };

  async function running(cameraId: string): Promise<{ camera: RtspCamera; stream: StreamBody }> {
    const camera = await site.aCamera();
    const source = secretSource(placeOf(camera));
    const { body } = await site.client.start(cameraId, source, { waitS: 20 });
    expect(body).toMatchObject({ status: 'RUNNING', reconnects: 0 });
    return { camera, stream: body };
  }

  async function expectLostAndFound(
    cameraId: string,
    { lose, find }: Record<'lose' | 'find', (camera: RtspCamera) => void | Promise<void>>,
  ): Promise<void> {
    const { camera, stream } = await running(cameraId);
    await lose(camera);
    await site.expectStream(stream.id, { status: 'STARTING', reason: 'RECONNECTING' });
    await find(camera);
    await site.expectStream(stream.id, {
      status: 'RUNNING',
      reason: null,
      reconnects: 1,
      error: null,
    });
    expect(await readFrames(stream.playback.rtsp)).toBe('h264 with frames');
    expect(await site.storyOf(stream.id)).toEqual(RECONNECTED);
    await site.client.stop(stream.id);
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
      expect(await site.client.stream(stream.id)).toMatchObject({ status: 'RUNNING' });
    });
    expect(await site.storyOf(stream.id)).toEqual(['STARTING', 'RUNNING']);
    expect(await site.client.stream(stream.id)).toMatchObject({
      reconnects: 0,
      health: 'HEALTHY',
      updatedAt: stream.updatedAt,
    });
  });
});
