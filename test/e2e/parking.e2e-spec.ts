/**
 * Kind to cameras: a wrong password costs the account of a camera a few logins, and none later,
 * whatever is killed. The camera counts; a real MediaMTX tries to log in, as it does for ever.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type StreamBody } from '#streaming/http/stream.schema.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import {
  type Behaviour,
  FakeRtspCamera,
  answer,
  guardedByBasic,
  guardedByDigest,
  inTurn,
} from '#test/support/cameras/fake-rtsp-camera.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 60_000, everyMs: 50 };
const TIMEOUT_MS = 90_000;
const MOST_LOGINS = 3;
const ACCOUNT = { user: 'admin', password: 'the right one' };

interface Parked {
  readonly camera: FakeRtspCamera;
  readonly stream: StreamBody;
  readonly connections: number;
  readonly logins: number;
}

/** Cameras slow down who guesses: each refusal of a password takes this long. */
const DELAY_MS = 3_000;

function delaying(behaviour: Behaviour): Behaviour {
  return (request, socket) => {
    const said = behaviour(request, socket);
    if (request.authorization === null) return said;
    setTimeout(() => {
      if (!socket.destroyed) socket.write(inTurn(said ?? '', request));
    }, DELAY_MS);
    return null;
  };
}

const binary = await findRealMediaMtx();
const onReal = binary === null ? describe.skip : describe;

onReal('a camera that refuses the password (needs a real MediaMTX)', () => {
  let database: TestDatabase;
  let node: RealMediaMtx;
  let api: ApiProcess;
  let other: ApiProcess;
  /** MediaMTX dials it every 5 s, for ever: by it a test sees that as much time has passed. */
  let metronome: FakeRtspCamera;
  let parked: Readonly<Record<string, Parked>>;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await RealMediaMtx.start(binary!);
    metronome = await FakeRtspCamera.start(() => answer('404 Not Found'));
    // The tick of a real site: with a brisk one the camera would be spared more than it is.
    const env = { RECONCILE_INTERVAL_MS: '5000' };
    const options = { databaseUrl: database.url, mediaMtxUrl: node.url, env };
    api = await ApiProcess.start(options);
    other = await ApiProcess.start(options);
    await api.client.start('metronome', metronome.url());
    const [basic, digest, delayed, elsewhere] = await Promise.all([
      park(api, 'basic', guardedByBasic(ACCOUNT)),
      park(api, 'digest', guardedByDigest(ACCOUNT, 'MD5', true)),
      park(api, 'delayed', delaying(guardedByDigest(ACCOUNT, 'MD5', true))),
      park(other, 'elsewhere', guardedByDigest(ACCOUNT, 'SHA-256', true)),
    ]);
    parked = { basic, digest, delayed, elsewhere };
  }, 120_000);

  afterAll(async () => {
    await Promise.all([api.stop(), other.stop()]);
    await node.stop();
    const cameras = Object.values(parked).map(({ camera }) => camera);
    await Promise.all([metronome, ...cameras].map((camera) => camera.stop()));
    await database.close();
  }, 30_000);

  async function park(at: ApiProcess, cameraId: string, behaviour: Behaviour): Promise<Parked> {
    const camera = await FakeRtspCamera.start(behaviour);
    const { body } = await at.client.start(cameraId, camera.url(`admin:${CANARY}`));
    const stream = await eventually(async () => {
      const now = await at.client.stream(body.id);
      expect(now).toMatchObject({ status: 'ERROR', reason: 'SOURCE_AUTH_FAILED' });
      expect((await node.api.path(now.path)).status).toBe(404);
      return now;
    }, PATIENT);
    return { camera, stream, connections: camera.connections, logins: camera.logins };
  }

  /** Long enough for another login of a MediaMTX that has the path. */
  async function timePasses(): Promise<void> {
    const before = metronome.connections;
    await eventually(() => {
      expect(metronome.connections).toBeGreaterThanOrEqual(before + 2);
    }, PATIENT);
  }

  async function expectLeftAlone(): Promise<void> {
    await timePasses();
    for (const { camera, stream, connections, logins } of Object.values(parked)) {
      expect([camera.connections, camera.logins]).toEqual([connections, logins]);
      expect(await api.client.stream(stream.id)).toMatchObject({
        status: 'ERROR',
        reason: 'SOURCE_AUTH_FAILED',
        updatedAt: stream.updatedAt,
      });
    }
  }

  it.each([
    ['by Basic', 'basic'],
    ['by Digest', 'digest'],
    ['when it takes its time to refuse', 'delayed'],
    ['when a replica that does not look after the node took the start', 'elsewhere'],
  ])('is logged in to at most 3 times, %s', (_, cameraId) => {
    const { logins } = parked[cameraId]!;
    expect(logins).toBeGreaterThan(0);
    expect(logins).toBeLessThanOrEqual(MOST_LOGINS);
  });

  it('is left alone from then on', expectLeftAlone, TIMEOUT_MS);

  it(
    'is left alone when Vigia is killed and comes back',
    async () => {
      await Promise.all([api.kill9(), other.kill9()]);
      await Promise.all([api.revive(), other.revive()]);
      await expectLeftAlone();
    },
    TIMEOUT_MS,
  );

  it(
    'is left alone when MediaMTX is killed, and Vigia with it',
    async () => {
      await Promise.all([api.kill9(), node.kill9()]);
      await Promise.all([api.revive(), node.revive()]);
      await expectLeftAlone();
    },
    TIMEOUT_MS,
  );
});
