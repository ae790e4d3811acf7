/**
 * Why nothing comes, said by the camera itself: a real MediaMTX stands for it. The stories take time
 * only because deadlines do, so they happen side by side.
 */
import { afterAll, beforeAll, expect } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { freePort } from '#test/support/free-port.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';
import { story as sideBySide } from '#test/support/stories.js';

/** The deadline of 20 s, and what a busy machine takes on top. */
const PATIENT = { timeoutMs: 60_000, everyMs: 100 };
const TIMEOUT_MS = 120_000;

onRealCamera('the reason why a real camera does not deliver', (binary) => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let api: ApiProcess;
  const cameras: RtspCamera[] = [];

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await RealMediaMtx.start(binary);
    api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
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

  async function aCamera(isGuarded = false): Promise<RtspCamera> {
    const account = { user: 'admin', password: CANARY };
    const camera = await RtspCamera.start(binary, isGuarded ? { account } : {});
    cameras.push(camera);
    return camera;
  }

  const placeOf = ({ url }: RtspCamera): string => url.replace('rtsp://', '');

  async function expectStream(id: string, expected: Record<string, unknown>): Promise<StreamBody> {
    return eventually(async () => {
      const stream = await api.client.stream(id);
      expect(stream).toMatchObject(expected);
      return stream;
    }, PATIENT);
  }

  async function started(cameraId: string, source: string): Promise<StreamBody> {
    return (await api.client.start(cameraId, source)).body;
  }

  async function storyOf(id: string): Promise<string[]> {
    const events = await api.client.events(id);
    return events.map(({ toStatus, reason }) => [toStatus, reason ?? []].flat().join(' '));
  }

  story('is the password, and then the path is taken out', async () => {
    const camera = await aCamera(true);
    const wrong = secretSource(placeOf(camera)).replace(`:${CANARY}@`, `:not-${CANARY}@`);
    const { id, path } = await started('wrong-password', wrong);
    const { error } = await expectStream(id, { status: 'ERROR', reason: 'SOURCE_AUTH_FAILED' });
    expect(error?.message).toMatch(/refuses the credentials.*PATCH/);
    await eventually(async () => {
      expect((await node.api.path(path)).status).toBe(404);
    }, PATIENT);
    expect(await storyOf(id)).toEqual(['STARTING', 'ERROR SOURCE_AUTH_FAILED']);

    const { body } = await api.client.send<StreamBody>('POST', `/api/streams/${id}/retry`);
    expect(body).toMatchObject({ status: 'STARTING', generation: 2 });
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_AUTH_FAILED' });
    expect((await node.api.path(path)).status).toBe(404);

    const patched = await api.client.send<StreamBody>('PATCH', `/api/streams/${id}`, {
      headers: { 'if-match': '"2"' },
      body: JSON.stringify({ source: secretSource(placeOf(camera)) }),
    });
    expect(patched.body).toMatchObject({ status: 'STARTING', reason: 'SOURCE_CHANGED' });
    const running = await expectStream(id, { status: 'RUNNING', error: null, generation: 3 });
    expect(running.playback).toEqual(body.playback);
  });

  story(
    'is none where another source was asked for, and a retry of what runs is no error',
    async () => {
      const [one, other] = await Promise.all([aCamera(), aCamera()]);
      const { id, path } = await started('patched', secretSource(placeOf(one)));
      await expectStream(id, { status: 'RUNNING' });
      await api.client.send('PATCH', `/api/streams/${id}`, {
        headers: { 'if-match': '"1"' },
        body: JSON.stringify({ source: secretSource(placeOf(other)) }),
      });
      await expectStream(id, { status: 'RUNNING', reason: null, generation: 2 });
      const { json } = await node.api.config(path);
      expect(json['source']).toContain(placeOf(other));
      await api.client.send('POST', `/api/streams/${id}/retry`);
      await expectStream(id, { status: 'RUNNING', reason: null, generation: 3 });
      expect(await storyOf(id)).toEqual([
        'STARTING',
        'RUNNING',
        'STARTING SOURCE_CHANGED',
        'RUNNING',
        'STARTING RECONNECTING',
        'RUNNING',
      ]);
      expect(await api.client.stream(id)).toMatchObject({
        connectionQuality: 'good',
        lastOutage: null,
      });
    },
  );

  story('is no reason where the password is right', async () => {
    const camera = await aCamera(true);
    const { id } = await started('right-password', secretSource(placeOf(camera)));
    await expectStream(id, { status: 'RUNNING', reason: null });
  });

  story('is the path that the camera does not know', async () => {
    const camera = await aCamera();
    const { id } = await started('no-path', secretSource(`${placeOf(camera)}/other`));
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_NOT_FOUND' });
  });

  story('is the port where nothing listens', async () => {
    const { id } = await started('refused', secretSource(`127.0.0.1:${await freePort()}/live`));
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_REFUSED' });
  });

  story('is a name that does not resolve', async () => {
    const { id } = await started('no-name', secretSource('camera.invalid/live'));
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_DNS' });
  });

  story('is that a camera which delivered was killed, until it is back', async () => {
    const camera = await aCamera();
    const { id } = await started('killed', secretSource(placeOf(camera)));
    await expectStream(id, { status: 'RUNNING' });
    await camera.kill();
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_REFUSED' });
    await camera.restart();
    await expectStream(id, {
      status: 'RUNNING',
      error: null,
      lastError: { code: 'SOURCE_REFUSED' },
    });
    expect(await storyOf(id)).toEqual([
      'STARTING',
      'RUNNING',
      'STARTING RECONNECTING',
      'ERROR SOURCE_REFUSED',
      'RUNNING',
    ]);
  });

  story('is that a camera which delivered hangs with its connection open', async () => {
    const camera = await aCamera();
    const { id } = await started('frozen', secretSource(placeOf(camera)));
    await expectStream(id, { status: 'RUNNING' });
    camera.freeze();
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_TIMEOUT' });
    camera.thaw();
    // Who sends the picture to it has given up by now.
    await camera.resume();
    await expectStream(id, { status: 'RUNNING', error: null });
  });

  story('is the stream that the camera has and nobody sends', async () => {
    const camera = await aCamera();
    await camera.endStream();
    const { id } = await started('ended', secretSource(placeOf(camera)));
    await expectStream(id, { status: 'ERROR', reason: 'SOURCE_NOT_FOUND' });
  });
});
