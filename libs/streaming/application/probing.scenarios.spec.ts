/** Silent cameras are asked why, seldom and politely, and a wrong password is not tried for long. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { aGate } from '#test/support/streaming/a-gate.js';
import { ControlPlane, TICK_MS, aStart } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const URL = aStart().source.url;
const WRONG_PASSWORD = { kind: 'failed', code: 'SOURCE_AUTH_FAILED' } as const;
const REFUSED = { kind: 'failed', code: 'SOURCE_REFUSED' } as const;
const HOUR_MS = 3_600_000;

silentLogs();

let vigia: ControlPlane;
beforeEach(async () => {
  vigia = new ControlPlane();
  await vigia.hold();
  vigia.node.camera(PATH, 'silent');
});

describe('a camera that refuses the password', () => {
  beforeEach(() => {
    vigia.world.cameras.reports.set(URL, WRONG_PASSWORD);
  });

  it('is asked once, 3 s after the apply, and its path is taken out at once', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(2_900);
    expect(vigia.world.cameras.asked).toEqual([]);
    await vigia.clock.advance(1_000);
    expect(vigia.world.cameras.asked).toEqual([URL]);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→ERROR SOURCE_AUTH_FAILED']);
    expect(await vigia.streams.findById(stream.id)).toMatchObject({
      status: 'ERROR',
      lastError: { code: 'SOURCE_AUTH_FAILED' },
    });
  });

  it('is left alone from then on, whatever restarts', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const [row, writes] = [vigia.stateOf(stream), vigia.node.writes.length];
    await vigia.run(HOUR_MS);
    vigia.node.forgetAll();
    const restarted = new ControlPlane({}, vigia.world);
    await restarted.run(HOUR_MS);
    expect(vigia.world.cameras.asked).toEqual([URL]);
    expect(vigia.node.writes).toHaveLength(writes);
    expect(vigia.stateOf(stream)).toEqual(row);
  });

  it('is parked by ticks alone, also from RUNNING, before MediaMTX logs in for the third time', async () => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.run(10_000);
    await vigia.follow.close();
    vigia.node.camera(PATH, 'silent');
    const { lookAgainInMs } = await vigia.tick();
    expect(lookAgainInMs).toBe(3_000);
    await vigia.clock.advance(3_000);
    await vigia.tick();
    expect(vigia.storyOf(stream).at(-1)).toBe('RUNNING→ERROR SOURCE_AUTH_FAILED');
    expect(vigia.node.names).toEqual([]);
  });

  it('has its path removed again when somebody else puts it back', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    await vigia.node.replace(PATH, { ...aStart(), source: aStart().source });
    await vigia.run(TICK_MS);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
  });

  it('is parked by the next look when the row could not be saved at once', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(2_900);
    vigia.streams.isLocked = true;
    await vigia.clock.advance(1_000);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    vigia.streams.isLocked = false;
    await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', parkedGeneration: 1 });
    expect(vigia.node.names).toEqual([]);
    expect(vigia.world.cameras.asked).toEqual([URL]);
  });

  it('is not parked when media flows by the time it answers', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    const stream = await vigia.start();
    await vigia.clock.advance(3_500);
    vigia.node.camera(PATH, 'live');
    await vigia.clock.advance(2_000);
    gate.open();
    await vigia.run(60_000);
    expect(vigia.world.cameras.asked).toEqual([URL]);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });
});

describe('a camera that does not deliver', () => {
  it('is an ERROR with its own reason at the deadline, and a vague one is replaced by the first better', async () => {
    vigia.world.cameras.reports.set(URL, REFUSED);
    const stream = await vigia.start();
    await vigia.run(25_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→ERROR SOURCE_REFUSED']);

    vigia.world.cameras.reports.delete(URL);
    await vigia.run(HOUR_MS);
    vigia.world.cameras.reports.set(URL, REFUSED);
    const before = vigia.world.cameras.asked.length;
    while (vigia.world.cameras.asked.length === before) await vigia.run(TICK_MS);
    expect(vigia.storyOf(stream).slice(2)).toEqual([
      'ERROR→ERROR SOURCE_NO_MEDIA',
      'ERROR→ERROR SOURCE_REFUSED',
    ]);
  });

  it('changes a good reason for another one only when two answers agree', async () => {
    vigia.world.cameras.reports.set(URL, REFUSED);
    const stream = await vigia.start();
    await vigia.run(25_000);
    vigia.world.cameras.reports.set(URL, { kind: 'failed', code: 'SOURCE_TIMEOUT' });
    const before = vigia.world.cameras.asked.length;
    while (vigia.world.cameras.asked.length === before) await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_REFUSED');
    while (vigia.world.cameras.asked.length === before + 1) await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_TIMEOUT');
  });

  it('is asked ever more rarely', async () => {
    vigia.world.cameras.reports.set(URL, { kind: 'failed', code: 'SOURCE_NOT_FOUND' });
    await vigia.start();
    await vigia.run(HOUR_MS);
    const { asked } = vigia.world.cameras;
    // Twelve would be one each 5 min; with full jitter about twice as many, and a few at first.
    expect(asked.length).toBeGreaterThan(12);
    expect(asked.length).toBeLessThan(80);
  });

  it('is not asked while it is on demand: nobody pulls it, and it need not answer', async () => {
    await vigia.start('gate-3', { onDemand: true });
    await vigia.run(60_000);
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is not asked while its node does not answer, nor before the path was looked at since', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    vigia.node.isDown = true;
    await vigia.run(60_000);
    expect(vigia.world.cameras.asked).toEqual([]);
    vigia.node.isDown = false;
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([]);
    await vigia.run(2 * TICK_MS);
    expect(vigia.world.cameras.asked).toContain(URL);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
  });

  it('is asked later when the database did not answer', async () => {
    await vigia.start();
    await vigia.clock.advance(2_900);
    vigia.streams.isDown = true;
    await vigia.clock.advance(5_000);
    expect(vigia.world.cameras.asked).toEqual([]);
    vigia.streams.isDown = false;
    await vigia.run(TICK_MS);
    expect(vigia.world.cameras.asked).toContain(URL);
  });

  it('is asked by the holder of the lease alone', async () => {
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await other.start();
    await other.clock.advance(10_000);
    expect(vigia.world.cameras.asked).toEqual([]);
    await vigia.run(TICK_MS);
    expect(vigia.world.cameras.asked).toEqual([URL]);
  });

  it('has no answer that counts once the lease is lost', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    vigia.world.cameras.reports.set(URL, WRONG_PASSWORD);
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    expect(vigia.world.cameras.asked).toEqual([URL]);
    await vigia.lease.release();
    gate.open();
    await settled();
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('is not put back by an answer that comes after it was stopped', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    vigia.world.cameras.reports.set(URL, WRONG_PASSWORD);
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    await vigia.stop(stream.id);
    gate.open();
    await vigia.run(TICK_MS);
    expect(vigia.stateOf(stream).status).toBe('STOPPED');
    expect(vigia.node.names).toEqual([]);
  });

  it('ends being asked when the process ends', async () => {
    await vigia.start();
    await vigia.probes.close();
    await vigia.run(60_000);
    expect(vigia.world.cameras.asked).toEqual([]);
  });
});

describe('what is asked for while a camera is being asked', () => {
  const right = { ...aStart().source, url: 'rtsp://192.168.1.20:554/right' };

  it.each([false, true])('is not judged by the answer (on demand: %s)', async (onDemand) => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    vigia.world.cameras.reports.set(URL, WRONG_PASSWORD);
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    vigia.world.cameras.gate = null;
    await vigia.patchStream.execute(stream.id, { source: right, onDemand }, null);
    gate.open();
    await vigia.run(60_000);
    expect(vigia.stateOf(stream)).toMatchObject({ generation: 2, parkedGeneration: null });
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('is asked about itself, without waiting for the answer', async () => {
    vigia.world.cameras.gate = new Promise(() => undefined);
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    vigia.world.cameras.gate = null;
    vigia.world.cameras.reports.set(right.url, WRONG_PASSWORD);
    await vigia.patchStream.execute(stream.id, { source: right }, null);
    await vigia.run(TICK_MS);
    expect(vigia.world.cameras.asked).toEqual([URL, right.url]);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'ERROR', parkedGeneration: 2 });
  });

  it.each([
    ['it was stopped', (id: string) => vigia.stop(id)],
    [
      'media flows',
      () => {
        vigia.node.camera(PATH, 'live');
      },
    ],
    ['the lease was lost', () => vigia.lease.release()],
  ])('is not asked at all when %s before its turn', async (_, happens) => {
    const turn = aGate();
    vigia.world.cameras.queue = turn.promise;
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    await happens(stream.id);
    await vigia.clock.advance(2_000);
    if (vigia.lease.current !== null) await vigia.tick();
    turn.open();
    await settled();
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is not parked when media has flowed since the question', async () => {
    const gate = aGate();
    vigia.world.cameras.gate = gate.promise;
    vigia.world.cameras.reports.set(URL, WRONG_PASSWORD);
    const stream = await vigia.start();
    await vigia.clock.advance(4_000);
    vigia.node.camera(PATH, 'live');
    await vigia.clock.advance(2_000);
    await vigia.tick();
    // No byte comes between the look and the one after the answer.
    gate.open();
    await settled();
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', parkedGeneration: null });
  });
});

describe('many cameras that are silent together', () => {
  it('are asked no faster than cameras are dialled', async () => {
    const paced = new ControlPlane({ dialsPerSecond: 20 }, vigia.world);
    const cameras = Array.from({ length: 100 }, (_, i) => `camera-${i}`);
    for (const camera of cameras) paced.node.camera(`cam/${camera}`, 'silent');
    await Promise.all(
      cameras.map((camera) =>
        paced.start(camera, { source: { ...aStart().source, url: `rtsp://${camera}/` } }),
      ),
    );
    await paced.run(TICK_MS);
    const { asked } = paced.world.cameras;
    const before = asked.length;
    await paced.clock.advance(1_000);
    expect(asked.length - before).toBeGreaterThan(0);
    expect(asked.length - before).toBeLessThanOrEqual(20);
    await paced.run(10_000);
    expect(new Set(asked).size).toBe(100);
  });

  it('are not asked any more when media flows before their turn', async () => {
    const paced = new ControlPlane({ dialsPerSecond: 1 }, vigia.world);
    await paced.hold();
    const cameras = ['a', 'b', 'c'].map((id) => `camera-${id}`);
    for (const camera of cameras) paced.node.camera(`cam/${camera}`, 'silent');
    await Promise.all(cameras.map((camera) => paced.start(camera)));
    await paced.clock.advance(3_500);
    expect(paced.world.cameras.asked).toHaveLength(1);
    for (const camera of cameras) paced.node.camera(`cam/${camera}`, 'live');
    await paced.run(TICK_MS);
    expect(paced.world.cameras.asked.length).toBeLessThan(3);
  });
});
