/** `POST /api/sources/check`: what a caller learns of a camera before there is a stream. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type CheckedSourceBody } from '#streaming/http/source.schema.js';
import { type ApiAnswer } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import {
  FakeRtspCamera,
  H265,
  PCMU,
  answer,
  guardedByDigest,
  open,
  sdp,
} from '#test/support/cameras/fake-rtsp-camera.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { CANARY } from '../support/canary/canary.mjs';

let database: TestDatabase;
let node: MediaMtxSimulator;
let api: ApiProcess;
const cameras: FakeRtspCamera[] = [];

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
  api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
}, 60_000);

afterEach(async () => {
  await Promise.all(cameras.splice(0).map((camera) => camera.stop()));
});

afterAll(async () => {
  await api.stop();
  await node.stop();
  await database.close();
});

async function aCamera(...given: Parameters<typeof FakeRtspCamera.start>): Promise<FakeRtspCamera> {
  const camera = await FakeRtspCamera.start(...given);
  cameras.push(camera);
  return camera;
}

const check = (body: object): Promise<ApiAnswer<CheckedSourceBody>> =>
  api.client.send('POST', '/api/sources/check', { body: JSON.stringify(body) });

describe('a source that is checked', () => {
  it('tells its tracks, and what a browser would make of them', async () => {
    const camera = await aCamera(open(answer('200 OK', [], sdp(H265, PCMU))));
    expect(await check({ source: camera.url() })).toMatchObject({
      status: 200,
      body: {
        source: camera.url(),
        reachable: true,
        reason: null,
        tracks: [
          { kind: 'video', codec: 'H265' },
          { kind: 'audio', codec: 'G711' },
        ],
        advice: [
          'H265: needs a transcode for most browsers.',
          'G711: HLS cannot carry it, so HLS viewers hear nothing; WebRTC can.',
        ],
      },
    });
  });

  it('is told in words why it cannot be had, and its password is not shown', async () => {
    const camera = await aCamera(guardedByDigest({ user: 'a', password: 'right' }, 'MD5', false));
    const { status, body } = await check({ source: camera.url(`a:${CANARY}`) });
    expect(status).toBe(200);
    expect(body).toEqual({
      source: camera.url('***:***'),
      reachable: false,
      reason: 'SOURCE_AUTH_FAILED',
      message: expect.stringContaining('refuses the credentials'),
      tracks: null,
      advice: [],
    });
    expect(JSON.stringify(body)).not.toContain(CANARY);
    expect(camera.logins).toBe(1);
  });

  it('leaves nothing behind: no stream, and nothing at the node', async () => {
    const camera = await aCamera(open());
    await check({ source: camera.url() });
    expect(await database.query('SELECT 1 FROM streams')).toEqual([]);
    expect(node.configWrites).toBe(0);
  });

  it.each([
    [{}, '/source'],
    [{ source: 'ftp://camera/' }, '/source'],
    [{ source: 'rtsp://camera/', more: 1 }, '/more'],
  ])('by %j is refused with the place of the fault', async (body, pointer) => {
    const { status, problem } = await check(body);
    expect(status).toBe(422);
    expect(problem).toMatchObject({ code: 'request.invalid', errors: [{ pointer }] });
  });
});
