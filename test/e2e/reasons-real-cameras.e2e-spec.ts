/**
 * Why nothing comes, said by the camera itself: a real MediaMTX stands for it. The stories take time
 * only because deadlines do, so they happen side by side.
 */
import { afterAll, beforeAll, expect } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { secretSource } from '#test/support/api/api-client.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { freePort } from '#test/support/free-port.js';
import { onRealCamera } from '#test/support/mediamtx/on-real-camera.js';
import { RealSite, placeOf } from '#test/support/site/real-site.js';
import { story as sideBySide } from '#test/support/stories.js';

/** The deadline of 20 s, and what a busy machine takes on top. */
const PATIENT = { timeoutMs: 60_000, everyMs: 100 };
const TIMEOUT_MS = 120_000;
const ACCOUNT = { user: 'admin', password: CANARY };

onRealCamera('the reason why a real camera does not deliver', (binary) => {
  let site: RealSite;

  beforeAll(async () => {
    site = await RealSite.open(binary, PATIENT);
  }, 60_000);

  afterAll(() => site.close(), 30_000);

  const story = (title: string, tell: () => Promise<void>): void => {
    sideBySide(title, tell, TIMEOUT_MS);
  };

  async function started(cameraId: string, source: string): Promise<StreamBody> {
    return (await site.client.start(cameraId, source)).body;
  }

  story('is the password, and then the path is taken out', async () => {
    const camera = await site.aCamera(ACCOUNT);
    const wrong = secretSource(placeOf(camera)).replace(`:${CANARY}@`, `:not-${CANARY}@`);
    const { id, path } = await started('wrong-password', wrong);
    const { error } = await site.expectStream(id, {
      status: 'ERROR',
      reason: 'SOURCE_AUTH_FAILED',
    });
    expect(error?.message).toMatch(/refuses the credentials.*PATCH/);
    await eventually(async () => {
      expect((await site.node.api.path(path)).status).toBe(404);
    }, PATIENT);
    expect(await site.storyOf(id)).toEqual(['STARTING', 'ERROR SOURCE_AUTH_FAILED']);

    const { body } = await site.client.send<StreamBody>('POST', `/api/streams/${id}/retry`);
    expect(body).toMatchObject({ status: 'STARTING', generation: 2 });
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_AUTH_FAILED' });
    expect((await site.node.api.path(path)).status).toBe(404);

    const patched = await site.client.send<StreamBody>('PATCH', `/api/streams/${id}`, {
      headers: { 'if-match': '"2"' },
      body: JSON.stringify({ source: secretSource(placeOf(camera)) }),
    });
    expect(patched.body).toMatchObject({ status: 'STARTING', reason: 'SOURCE_CHANGED' });
    const running = await site.expectStream(id, { status: 'RUNNING', error: null, generation: 3 });
    expect(running.playback).toEqual(body.playback);
  });

  story(
    'is none where another source was asked for, and a retry of what runs is no error',
    async () => {
      const [one, other] = await Promise.all([site.aCamera(), site.aCamera()]);
      const { id, path } = await started('patched', secretSource(placeOf(one)));
      await site.expectStream(id, { status: 'RUNNING' });
      await site.client.send('PATCH', `/api/streams/${id}`, {
        headers: { 'if-match': '"1"' },
        body: JSON.stringify({ source: secretSource(placeOf(other)) }),
      });
      await site.expectStream(id, { status: 'RUNNING', reason: null, generation: 2 });
      const { json } = await site.node.api.config(path);
      expect(json['source']).toContain(placeOf(other));
      await site.client.send('POST', `/api/streams/${id}/retry`);
      await site.expectStream(id, { status: 'RUNNING', reason: null, generation: 3 });
      expect(await site.storyOf(id)).toEqual([
        'STARTING',
        'RUNNING',
        'STARTING SOURCE_CHANGED',
        'RUNNING',
        'STARTING RECONNECTING',
        'RUNNING',
      ]);
      expect(await site.client.stream(id)).toMatchObject({
        connectionQuality: 'good',
        lastOutage: null,
      });
    },
  );

  story('is no reason where the password is right', async () => {
    const camera = await site.aCamera(ACCOUNT);
    const { id } = await started('right-password', secretSource(placeOf(camera)));
    await site.expectStream(id, { status: 'RUNNING', reason: null });
  });

  story('is the path that the camera does not know', async () => {
    const camera = await site.aCamera();
    const { id } = await started('no-path', secretSource(`${placeOf(camera)}/other`));
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_NOT_FOUND' });
  });

  story('is the port where nothing listens', async () => {
    const { id } = await started('refused', secretSource(`127.0.0.1:${await freePort()}/live`));
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_REFUSED' });
  });

  story('is a name that does not resolve', async () => {
    const { id } = await started('no-name', secretSource('camera.invalid/live'));
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_DNS' });
  });

  story('is that a camera which delivered was killed, until it is back', async () => {
    const camera = await site.aCamera();
    const { id } = await started('killed', secretSource(placeOf(camera)));
    await site.expectStream(id, { status: 'RUNNING' });
    await camera.kill();
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_REFUSED' });
    await camera.restart();
    await site.expectStream(id, {
      status: 'RUNNING',
      error: null,
      lastError: { code: expect.any(String) },
    });
    const story = await site.storyOf(id);
    expect(story.slice(0, 4)).toEqual([
      'STARTING',
      'RUNNING',
      'STARTING RECONNECTING',
      'ERROR SOURCE_REFUSED',
    ]);
    // While it comes up it may answer before its media flows, and be an ERROR of another kind.
    expect(story.slice(4).filter((one) => !one.startsWith('ERROR'))).toEqual(['RUNNING']);
  });

  story('is that a camera which delivered hangs with its connection open', async () => {
    const camera = await site.aCamera();
    const { id } = await started('frozen', secretSource(placeOf(camera)));
    await site.expectStream(id, { status: 'RUNNING' });
    camera.freeze();
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_TIMEOUT' });
    camera.thaw();
    // Who sends the picture to it has given up by now.
    await camera.resume();
    await site.expectStream(id, { status: 'RUNNING', error: null });
  });

  story('is the stream that the camera has and nobody sends', async () => {
    const camera = await site.aCamera();
    await camera.endStream();
    const { id } = await started('ended', secretSource(placeOf(camera)));
    await site.expectStream(id, { status: 'ERROR', reason: 'SOURCE_NOT_FOUND' });
  });
});
