/** The use cases together, over an in-memory node and database: what a caller sees happen. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { ControlPlane, TICK_MS, aStart, onNode } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';

silentLogs();

describe('a start', () => {
  let vigia: ControlPlane;
  beforeEach(() => {
    vigia = new ControlPlane();
  });

  it('is durable and STARTING before the node has done anything', async () => {
    const stream = await vigia.start();
    expect(stream).toMatchObject({ status: 'STARTING', reason: null, generation: 1, path: PATH });
  });

  it('is RUNNING within a second of media, without waiting for a tick', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
    expect(await vigia.streams.findById(stream.id)).toMatchObject({
      status: 'RUNNING',
      lastError: null,
      startedAt: expect.any(Date),
    });
  });

  it('is RUNNING by ticks alone when the process that took it died right after the commit', async () => {
    const id = streamId(9);
    await vigia.streams.start({ ...aStart(), id, places: onNode('default'), path: PATH });
    await vigia.run(15_000);
    expect(vigia.stateOf({ id })).toMatchObject({ status: 'RUNNING', appliedGeneration: 1 });
  });

  it('is an ERROR after the deadline when no media comes, and heals by itself', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.clock.advance(19_000);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    await vigia.clock.advance(3_000);
    expect(await vigia.streams.findById(stream.id)).toMatchObject({
      status: 'ERROR',
      reason: 'SOURCE_NO_MEDIA',
      lastError: { code: 'SOURCE_NO_MEDIA' },
    });
    expect(vigia.node.has(PATH)).toBe(true);
    vigia.node.camera(PATH, 'live');
    await vigia.run(10_000);
    expect(await vigia.streams.findById(stream.id)).toMatchObject({
      status: 'RUNNING',
      reason: null,
      lastError: { code: 'SOURCE_NO_MEDIA' },
      reconnects: 0,
    });
  });

  it('is an ERROR by ticks alone, no sooner than the deadline after the path was seen silent', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.follow.close();
    await vigia.run(19_000);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    await vigia.run(1_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
  });

  it('on demand is RUNNING at once, waits for viewers, and says when one is there', async () => {
    const stream = await vigia.start('gate-3', { onDemand: true });
    await vigia.run(10_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: 'AWAITING_VIEWER' });
    vigia.node.watch(PATH, 1);
    await vigia.run(10_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: null });
    vigia.node.watch(PATH, 0);
    await vigia.run(15_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: 'AWAITING_VIEWER' });
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING AWAITING_VIEWER']);
  });

  it('of many cameras at once brings all of them to RUNNING', async () => {
    const paced = new ControlPlane({ dialsPerSecond: 20 });
    const cameras = Array.from({ length: 120 }, (_, i) => `camera-${i}`);
    const streams = await Promise.all(cameras.map((camera) => paced.start(camera)));
    await paced.run(20_000);
    expect(streams.filter((stream) => paced.stateOf(stream).status !== 'RUNNING')).toEqual([]);
  });
});

describe('a stream that runs', () => {
  let vigia: ControlPlane;
  let stream: { id: string };
  beforeEach(async () => {
    vigia = new ControlPlane();
    stream = await vigia.start();
    await vigia.run(10_000);
  });

  it('costs no write to the node and none to the database, over many ticks', async () => {
    const [row, writes] = [vigia.stateOf(stream), vigia.node.writes.length];
    const saves = vigia.streams.writes;
    await vigia.run(600_000);
    expect(vigia.stateOf(stream)).toEqual(row);
    expect(vigia.streams.writes).toBe(saves);
    expect(vigia.node.writes).toHaveLength(writes);
  });

  it('does not notice a connection that broke and came back between two looks', async () => {
    const row = vigia.stateOf(stream);
    for (let i = 0; i < 5; i += 1) {
      vigia.node.reconnectCamera(PATH);
      await vigia.run(10_000);
    }
    expect(vigia.stateOf(stream)).toEqual(row);
  });

  it('is RECONNECTING when its camera freezes, then an ERROR, then RUNNING again', async () => {
    vigia.node.camera(PATH, 'frozen');
    await vigia.run(15_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STARTING', reason: 'RECONNECTING' });
    await vigia.run(20_000);
    vigia.node.camera(PATH, 'live');
    await vigia.run(10_000);
    expect(vigia.storyOf(stream)).toEqual([
      'new→STARTING',
      'STARTING→RUNNING',
      'RUNNING→STARTING RECONNECTING',
      'STARTING→ERROR SOURCE_STALLED',
      'ERROR→RUNNING',
    ]);
  });

  it('counts a reconnect when its camera comes back before the deadline', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.run(15_000);
    vigia.node.camera(PATH, 'live');
    await vigia.run(10_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reconnects: 1 });
  });

  it('is not moved by a wall clock that jumps', async () => {
    const row = vigia.stateOf(stream);
    vigia.clock.step(86_400_000);
    await vigia.run(10_000);
    vigia.clock.step(-172_800_000);
    await vigia.run(10_000);
    expect(vigia.stateOf(stream)).toEqual(row);
  });
});

describe('a stop', () => {
  let vigia: ControlPlane;
  let stream: { id: string };
  beforeEach(async () => {
    vigia = new ControlPlane();
    stream = await vigia.start();
    await vigia.run(10_000);
  });

  it('is STOPPED at once, and its path is gone and known to be gone within a second', async () => {
    expect(await vigia.stop(stream.id)).toMatchObject({
      status: 'STOPPED',
      desired: 'STOPPED',
      reason: 'REMOVAL_PENDING',
      removalPending: true,
    });
    await vigia.clock.advance(1_000);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.stateOf(stream)).toMatchObject({
      status: 'STOPPED',
      reason: null,
      removalPending: false,
    });
  });

  it('removes the path once its node is back, however long that takes', async () => {
    vigia.node.isDown = true;
    await vigia.tick();
    await vigia.stop(stream.id);
    await vigia.run(60_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STOPPED', removalPending: true });
    vigia.node.isDown = false;
    await vigia.run(15_000);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STOPPED', removalPending: false });
  });

  it('removes the path also when the process dies right after the commit', async () => {
    await vigia.streams.stop(stream.id);
    const next = new ControlPlane({}, vigia.world);
    await next.run(15_000);
    expect(next.node.names).toEqual([]);
    expect(next.stateOf(stream).removalPending).toBe(false);
  });

  it('writes one event, however often it is asked for', async () => {
    const first = await vigia.stop(stream.id);
    await vigia.run(10_000);
    const second = await vigia.stop(stream.id);
    expect(second.stoppedAt).toEqual(first.stoppedAt);
    expect(vigia.storyOf(stream)).toEqual([
      'new→STARTING',
      'STARTING→RUNNING',
      'RUNNING→STOPPED REMOVAL_PENDING',
    ]);
  });

  it('that waits behind a slow write never kills the stream that was started after it', async () => {
    const release = vigia.node.holdWrites();
    const blocker = vigia.start('gate-4');
    await settled();
    await vigia.stop(stream.id);
    const newer = await vigia.start();
    release();
    await blocker;
    await vigia.run(10_000);
    expect(vigia.node.names).toEqual([PATH, 'cam/gate-4']);
    expect(vigia.stateOf(newer).status).toBe('RUNNING');
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STOPPED', removalPending: false });
  });

  it('whose removal is in flight while the camera is started again leaves the newer stream running', async () => {
    const release = vigia.node.holdWrites();
    await vigia.stop(stream.id);
    const newer = await vigia.start();
    await vigia.clock.advance(TICK_MS);
    release();
    await vigia.run(10_000);
    expect(vigia.node.names).toEqual([PATH]);
    expect(vigia.stateOf(newer).status).toBe('RUNNING');
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STOPPED', removalPending: false });
  });

  it('of a removal whose answer was lost is finished by the tick', async () => {
    vigia.node.answerNext('unknown');
    await vigia.stop(stream.id);
    await vigia.run(20_000);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.stateOf(stream).removalPending).toBe(false);
  });
});
