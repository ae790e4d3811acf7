import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { Stream } from '../domain/stream.js';

const PATH = 'cam/gate-3';

silentLogs();

let vigia: ControlPlane;
const warnings: Error[] = [];
const hear = (warning: Error): number => warnings.push(warning);

beforeEach(() => {
  vigia = new ControlPlane();
  warnings.length = 0;
  process.on('warning', hear);
});
afterEach(() => {
  process.off('warning', hear);
});

/** How many looks at single paths were asked for in so many ms. */
async function looksIn(ms: number): Promise<number> {
  const lookAt = vigia.node.lookAt.bind(vigia.node);
  let looks = 0;
  vigia.node.lookAt = async (path): ReturnType<typeof lookAt> => {
    looks += 1;
    return lookAt(path);
  };
  await vigia.clock.advance(ms);
  vigia.node.lookAt = lookAt;
  return looks;
}

describe('FollowStream', () => {
  it('ends with the stream RUNNING', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(2_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    expect(await looksIn(30_000)).toBe(0);
    expect(vigia.clock.waiting).toBe(0);
  });

  it('ends with the stream an ERROR', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.clock.advance(22_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    expect(await looksIn(30_000)).toBe(0);
  });

  it('gives up some seconds after the deadline', async () => {
    vigia.node.isBlind = true;
    const stream = await vigia.start();
    await vigia.clock.advance(27_000);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
    expect(await looksIn(30_000)).toBe(0);
  });

  it('looks often at first and then once a second', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.start();
    expect(await looksIn(1_000)).toBeGreaterThanOrEqual(2);
    await vigia.clock.advance(2_000);
    expect(await looksIn(5_000)).toBe(5);
  });

  it('leaves a node alone that just failed', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.start();
    vigia.state.lookFailed('connection refused', vigia.clock.monotonicMs());
    await vigia.clock.advance(1_000);
    expect(await looksIn(20_000)).toBe(0);
  });

  it('takes a look that learnt nothing for nothing, and goes on', async () => {
    vigia.node.isBlind = true;
    const stream = await vigia.start();
    await vigia.clock.advance(3_000);
    vigia.node.isBlind = false;
    await vigia.clock.advance(3_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('reads the row anew when another writer was faster, and goes on with that', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.clock.advance(3_000);
    const faster = new Stream(vigia.stateOf(stream));
    faster.nodeUnreachable();
    await vigia.streams.saveObserved([faster.change()!], null);
    vigia.node.camera(PATH, 'live');
    await vigia.clock.advance(5_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: null });
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→RUNNING']);
  });

  it('goes on with the newer stream when the path changed hands', async () => {
    const first = await vigia.start();
    await vigia.streams.stop(first.id);
    const second = await vigia.start();
    await vigia.clock.advance(3_000);
    expect(vigia.stateOf(second).status).toBe('RUNNING');
    expect(vigia.stateOf(first).status).toBe('STOPPED');
  });

  it('sees the end of a removal within a second also when it followed the start', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.clock.advance(3_000);
    await vigia.stop(stream.id);
    await vigia.clock.advance(3_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'STOPPED', removalPending: false });
  });

  it('follows fifty paths at once, each once, without a warning of the runtime', async () => {
    const cameras = Array.from({ length: 60 }, (_, i) => `camera-${i}`);
    cameras.forEach((camera) => {
      vigia.node.camera(`cam/${camera}`, 'silent');
    });
    await Promise.all(cameras.map((camera) => vigia.start(camera)));
    cameras.forEach((camera) => {
      vigia.follow.execute({ id: camera, cameraId: camera, path: `cam/${camera}` });
    });
    await vigia.clock.advance(5_000);
    expect(await looksIn(1_000)).toBe(50);
    await settled();
    expect(warnings).toEqual([]);
  });

  it('ends at once when the process ends, and begins nothing after that', async () => {
    vigia.node.camera(PATH, 'silent');
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    await vigia.follow.close();
    expect(vigia.clock.waiting).toBe(0);
    vigia.follow.execute(stream);
    expect(await looksIn(10_000)).toBe(0);
  });

  it('ends quietly when the database fails', async () => {
    const stream = await vigia.start();
    vigia.streams.isDown = true;
    await vigia.clock.advance(2_000);
    vigia.streams.isDown = false;
    expect(await looksIn(10_000)).toBe(0);
    expect(vigia.stateOf(stream).status).toBe('STARTING');
  });
});
