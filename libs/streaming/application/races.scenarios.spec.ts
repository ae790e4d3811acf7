/** Two writers at once: replicas, frozen holders, callers who are faster than a look. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import {
  ControlPlane,
  NEVER,
  TICK_MS,
  aStart,
  onNode,
} from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { Stream } from '../domain/stream.js';
import { CameraBusy } from '../domain/stream.errors.js';

const PATH = 'cam/gate-3';

silentLogs();

let vigia: ControlPlane;
beforeEach(() => {
  vigia = new ControlPlane();
});

describe('an observation that lost its race', () => {
  it('writes neither row nor event', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const seen = new Stream(vigia.stateOf(stream));
    seen.observedLost();
    await vigia.stop(stream.id);
    const [row, story] = [vigia.stateOf(stream), vigia.storyOf(stream)];
    const saved = await vigia.streams.saveObserved([seen.change()!], null);
    expect(saved).toEqual(new Map());
    expect(vigia.stateOf(stream)).toEqual(row);
    expect(vigia.storyOf(stream)).toEqual(story);
  });

  it('against a stop leaves the stream STOPPED', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    vigia.node.forgetAll();
    const ticking = vigia.tick();
    await vigia.streams.stop(stream.id);
    await ticking;
    await vigia.run(15_000);
    expect(vigia.storyOf(stream)).toEqual([
      'new→STARTING',
      'STARTING→RUNNING',
      'RUNNING→STOPPED REMOVAL_PENDING',
    ]);
    expect(vigia.node.names).toEqual([]);
  });

  it('against a follower is seen by the tick as it is, so that no event is written twice', async () => {
    const stream = await vigia.start();
    for (let i = 0; i < 8; i += 1) {
      await Promise.all([vigia.tick(), vigia.clock.advance(250)]);
    }
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });
});

describe('a holder that lost its lease', () => {
  it('saves nothing any more', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const fence = await vigia.hold();
    vigia.streams.currentFence = { ...fence, epoch: '2', owner: 'vigia-2:3000' };
    const [row, story] = [vigia.stateOf(stream), vigia.storyOf(stream)];
    vigia.node.camera(PATH, 'silent');
    for (let i = 0; i < 10; i += 1) {
      const result = await vigia.reconcileNode.execute(fence);
      expect(result.saved).toBe(0);
      await vigia.clock.advance(TICK_MS);
    }
    expect(vigia.stateOf(stream)).toEqual(row);
    expect(vigia.storyOf(stream)).toEqual(story);
  });

  it('sends at most the one write that it had in flight, of all that it had queued', async () => {
    for (const camera of ['a', 'b', 'c', 'd']) {
      await vigia.start(camera);
    }
    await vigia.run(10_000);
    vigia.node.forgetAll();
    const release = vigia.node.holdWrites();
    const before = vigia.node.writes.length;
    await vigia.tick();
    await vigia.clock.advance(60_000);
    release();
    await vigia.clock.advance(1_000);
    expect(vigia.node.writes.length - before).toBe(1);
  });

  it('is followed by another one that goes on without an event of its own', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const story = vigia.storyOf(stream);
    await vigia.clock.advance(16_000);
    const next = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await next.run(30_000);
    expect(next.storyOf(stream)).toEqual(story);
    await expect(vigia.hold()).rejects.toThrow('held by another');
  });

  it('hastens no ERROR: the next holder counts the silence from its own first look', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.follow.close();
    await vigia.run(15_000);
    await vigia.lease.release();
    const next = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    await next.run(19_000);
    expect(next.stateOf(stream).status).toBe('STARTING');
    await next.run(5_000);
    expect(next.stateOf(stream).status).toBe('ERROR');
  });
});

describe('a row whose intent is newer than the look', () => {
  /** Happens after the node was listed and before the rows are read. */
  function whileLooking(happens: () => Promise<unknown>): void {
    const look = vigia.node.look.bind(vigia.node);
    vigia.node.look = async (): ReturnType<typeof look> => {
      vigia.node.look = look;
      const seen = await look();
      await vigia.clock.advance(100);
      await happens();
      return seen;
    };
  }

  it('is not restored by that tick, and is by the next one', async () => {
    const id = streamId(9);
    whileLooking(() =>
      vigia.streams.start({ ...aStart(), id, places: onNode('default'), path: PATH }),
    );
    expect(await vigia.tick()).toMatchObject({ enqueued: 0, saved: 0 });
    expect(vigia.node.writes).toEqual([]);
    await vigia.clock.advance(TICK_MS);
    expect(await vigia.tick()).toMatchObject({ enqueued: 1 });
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('keeps its removal pending, though that look did not show its path', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    vigia.node.forgetAll();
    whileLooking(() => vigia.streams.stop(stream.id));
    expect(await vigia.tick()).toMatchObject({ saved: 0 });
    expect(vigia.stateOf(stream)).toMatchObject({ removalPending: true });
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    expect(vigia.stateOf(stream)).toMatchObject({ removalPending: false });
  });
});

describe('a look that was under way while its path was written', () => {
  it('says nothing about that path', async () => {
    const release = vigia.node.holdWrites();
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    const result = await vigia.tick();
    expect(result).toMatchObject({ isConclusive: true, enqueued: 0, saved: 0 });
    release();
    await settled();
    await vigia.run(10_000);
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });
});

describe('two starts of one camera', () => {
  it('give one stream, and a refusal that names it', async () => {
    const stream = await vigia.start();
    const second = vigia.startStream.execute(aStart(), { waitMs: 0, signal: NEVER });
    await expect(second).rejects.toThrow(CameraBusy);
    await expect(second).rejects.toMatchObject({
      kind: 'conflict',
      code: 'stream.camera_busy',
      extensions: { activeStreamId: stream.id },
    });
  });

  it('one after the other, with a stop between, use the same path', async () => {
    const first = await vigia.start();
    await vigia.stop(first.id);
    const second = await vigia.start();
    await vigia.run(10_000);
    expect(second).toMatchObject({ path: first.path, generation: 1 });
    expect(second.id > first.id).toBe(true);
    expect(vigia.stateOf(second).status).toBe('RUNNING');
    expect(vigia.stateOf(first)).toMatchObject({ status: 'STOPPED', removalPending: false });
  });
});

describe('replicas whose clocks differ', () => {
  it('give the path to the active stream, though a stopped one has a higher id', async () => {
    const high = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    const path = { places: onNode('default'), path: PATH };
    await vigia.streams.start({ ...aStart(), id: high, ...path });
    await vigia.stop(high);
    const stream = await vigia.start();
    await vigia.run(10_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    expect(vigia.node.names).toEqual([PATH]);
  });
});

describe('a database that is down', () => {
  it('leaves the node as it is, and what was missed is done when it is back', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const writes = vigia.node.writes.length;
    vigia.node.forgetAll();
    vigia.streams.isDown = true;
    await expect(vigia.tick()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(vigia.node.writes).toHaveLength(writes);
    vigia.streams.isDown = false;
    await vigia.run(15_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    expect(vigia.node.names).toEqual([PATH]);
  });

  it('between a start and its write loses nothing', async () => {
    const release = vigia.node.holdWrites();
    const blocker = vigia.start('gate-4');
    const stream = await vigia.start();
    vigia.streams.isDown = true;
    release();
    await blocker;
    await settled();
    vigia.streams.isDown = false;
    await vigia.run(15_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });
});
