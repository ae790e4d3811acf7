/** A retry of a stream that was given up: its camera is asked first, and the node comes second. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { aGate } from '#test/support/streaming/a-gate.js';
import { ControlPlane, TICK_MS, aStart } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const URL = aStart().source.url;
const WRONG_PASSWORD = { kind: 'failed', code: 'SOURCE_AUTH_FAILED' } as const;
const REPLACED = { verb: 'replace', path: PATH };
const RESTARTED = [{ verb: 'remove', path: PATH }, REPLACED];

silentLogs();

let vigia: ControlPlane;
let stream: { id: string };
let before: { asked: number; writes: number };

async function given(report: Parameters<typeof vigia.world.cameras.reports.set>[1]): Promise<void> {
  vigia.world.cameras.reports.set(URL, report);
  stream = await vigia.start();
  await vigia.run(30_000);
  expect(vigia.stateOf(stream).status).toBe('ERROR');
  before = { asked: vigia.world.cameras.asked.length, writes: vigia.node.writes.length };
}

async function retry(): Promise<void> {
  await vigia.retryStream.execute(stream.id, null);
  await settled();
}

const asked = (): number => vigia.world.cameras.asked.length - before.asked;
const written = (): unknown[] => vigia.node.writes.slice(before.writes);

beforeEach(async () => {
  vigia = new ControlPlane();
  await vigia.hold();
  vigia.node.camera(PATH, 'silent');
});

describe('a retry of a parked stream', () => {
  beforeEach(() => given(WRONG_PASSWORD));

  it('costs a camera that still refuses one login, and its path is not put back', async () => {
    await retry();
    await vigia.run(60_000);
    expect(asked()).toBe(1);
    expect(written()).not.toContainEqual(REPLACED);
    expect(vigia.stateOf(stream)).toMatchObject({
      status: 'ERROR',
      reason: 'SOURCE_AUTH_FAILED',
      generation: 2,
      parkedGeneration: 2,
    });
    expect(vigia.storyOf(stream).slice(-2)).toEqual([
      'ERROR→STARTING',
      'STARTING→ERROR SOURCE_AUTH_FAILED',
    ]);
  });

  it('puts the path back of one that takes the password by now', async () => {
    vigia.world.cameras.reports.set(URL, { kind: 'reachable', tracks: [] });
    vigia.node.camera(PATH, 'live');
    await retry();
    await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', generation: 2 });
  });

  it('keeps ticks from applying it before the camera has answered', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    await retry();
    await vigia.run(10_000);
    expect(written()).toEqual([]);
    gate.open();
    await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', parkedGeneration: 2 });
    expect(vigia.node.names).toEqual([]);
  });

  it('is applied by a tick when the process that asked is gone', async () => {
    vigia.world.cameras.gate = new Promise(() => undefined);
    await retry();
    vigia.world.cameras.gate = null;
    const next = new ControlPlane({}, vigia.world);
    await next.tick();
    await next.tick();
    expect(written()).toContainEqual(REPLACED);
  });

  it('is applied when the database fails while the camera is asked', async () => {
    await vigia.retryStream.execute(stream.id, null);
    vigia.streams.isDown = true;
    await settled();
    vigia.streams.isDown = false;
    vigia.node.camera(PATH, 'live');
    await vigia.run(2 * TICK_MS);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', generation: 2 });
  });

  it('parks nothing that was patched meanwhile', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    await retry();
    const right = { ...aStart().source, url: 'rtsp://192.168.1.20:554/right' };
    await vigia.patchStream.execute(stream.id, { source: right, onDemand: true }, null);
    gate.open();
    await vigia.run(2 * TICK_MS);
    expect(vigia.stateOf(stream)).toMatchObject({
      status: 'RUNNING',
      reason: 'AWAITING_VIEWER',
      generation: 3,
      parkedGeneration: 1,
    });
  });
});

describe('a retry of a stream whose camera does not deliver', () => {
  beforeEach(() => given({ kind: 'failed', code: 'SOURCE_REFUSED' }));

  it('asks at once, and has the node dial at once', async () => {
    await retry();
    expect(asked()).toBe(1);
    expect(written()).toEqual(RESTARTED);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STARTING', generation: 2 });
  });

  it('asks nobody where the lease is not held, and has the node dial at once', async () => {
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await other.retryStream.execute(stream.id, null);
    await settled();
    expect(asked()).toBe(0);
    expect(written()).toEqual(RESTARTED);
  });

  it('asks no more once the process ends', async () => {
    await vigia.askFirst.close();
    await retry();
    expect(asked()).toBe(0);
  });
});

describe('a retry of a stream that runs', () => {
  it('cuts its connection and does not ask: another session might be one too many', async () => {
    vigia.node.camera(PATH, 'live');
    stream = await vigia.start();
    await vigia.run(10_000);
    before = { asked: 0, writes: vigia.node.writes.length };
    await retry();
    expect(written()).toEqual(RESTARTED);
    await vigia.run(10_000);
    expect(asked()).toBe(0);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reconnects: 1 });
  });

  it('is cut by a tick when the process that took it died before', async () => {
    vigia.node.camera(PATH, 'live');
    stream = await vigia.start();
    await vigia.run(10_000);
    await vigia.streams.retry(stream.id, null);
    before = { asked: 0, writes: vigia.node.writes.length };
    await vigia.run(20_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', appliedGeneration: 2 });
    expect(written()).toEqual([REPLACED, ...RESTARTED]);
  });
});

describe('a patch there and back before the node has heard of it', () => {
  it('runs again all the same', async () => {
    vigia.node.camera(PATH, 'live');
    stream = await vigia.start();
    await vigia.run(10_000);
    const { source } = aStart();
    vigia.node.isDown = true;
    await vigia.patchStream.execute(stream.id, { source: { ...source, url: 'rtsp://b/' } }, null);
    await vigia.patchStream.execute(stream.id, { source }, null);
    await settled();
    vigia.node.isDown = false;
    await vigia.run(60_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', generation: 3 });
  });
});
