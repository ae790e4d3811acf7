/** A node whose agent tells why its sources fail, and keeps what the next MediaMTX boots with. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS, World, aStart } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const PATH = 'cam/gate-3';
const OTHER_PATH = 'cam/gate-4';
const URL = aStart().source.url;

silentLogs();

let vigia: ControlPlane;
beforeEach(async () => {
  vigia = new ControlPlane();
  vigia.world.agent.isPresent = true;
  await vigia.hold();
});

const wanted = (): string[] => [...(vigia.world.agent.wanted?.paths.keys() ?? [])].sort();

/** A tick, and what it sets off. */
const tick = async (): Promise<void> => {
  await vigia.tick();
  await settled();
  await vigia.clock.advance(TICK_MS);
};

describe('the boot file', () => {
  it('follows a start, a stop, a patch and a park within one tick', async () => {
    const stream = await vigia.start();
    await tick();
    expect(wanted()).toEqual([PATH]);

    const other = await vigia.start('gate-4');
    await tick();
    expect(wanted()).toEqual([PATH, OTHER_PATH]);

    await vigia.stop(other.id);
    await tick();
    expect(wanted()).toEqual([PATH]);

    await vigia.patchStream.execute(stream.id, { transport: 'udp' }, null);
    await tick();
    expect(vigia.world.agent.wanted?.paths.get(PATH)).toMatchObject({ transport: 'udp' });

    vigia.streams.park(stream.id);
    await tick();
    expect(wanted()).toEqual([]);
  });

  it('is left alone when nothing has changed', async () => {
    await vigia.start();
    await vigia.run(60_000);
    expect(vigia.world.agent.puts).toBe(1);
  });

  it('is compared by another holder, and not written', async () => {
    await vigia.start();
    await tick();
    const other = new ControlPlane({}, vigia.world);
    await other.run(10_000);
    expect(vigia.world.agent.puts).toBe(1);
  });

  it('is written again for an agent that has lost it', async () => {
    await vigia.start();
    await tick();
    vigia.world.agent.wanted = null;
    await tick();
    expect(wanted()).toEqual([PATH]);
  });

  it('holds what was asked for after the look, too', async () => {
    const stream = await vigia.start();
    await tick();
    await vigia.start('gate-4');
    vigia.world.agent.wanted = null;
    await vigia.tick();
    await settled();
    expect(wanted()).toEqual([PATH, OTHER_PATH]);
    expect(vigia.stateOf(stream).desired).toBe('RUNNING');
  });

  it('keeps its paths while the database knows nothing of what the node serves', async () => {
    await vigia.start();
    await tick();
    vigia.streams.wipe();
    await vigia.run(600_000);
    expect(wanted()).toEqual([PATH]);
    expect(vigia.state.conditions.bootFileCause).toContain('no stream in the database');
  });

  it('is said to be stale while the agent does not take it', async () => {
    await vigia.start();
    vigia.world.agent.refusal = 'HTTP 500';
    await tick();
    await tick();
    expect(vigia.state.conditions.bootFileCause).toBe('HTTP 500');
    vigia.world.agent.refusal = null;
    await tick();
    expect(vigia.state.conditions.bootFileCause).toBeNull();
    expect(wanted()).toEqual([PATH]);
  });

  it('is not written by a holder that has lost its lease meanwhile', async () => {
    await vigia.start();
    const fence = await vigia.hold();
    const tick = vigia.reconcileNode.execute({ ...fence, epoch: 'an older one' });
    await tick;
    await settled();
    expect(vigia.world.agent.puts).toBe(0);
  });

  it('is written once at a time, and no tick waits for it', async () => {
    let open = (): void => undefined;
    vigia.world.agent.gate = new Promise((resolve) => {
      open = resolve;
    });
    await vigia.start();
    await tick();
    await tick();
    expect(vigia.world.agent.puts).toBe(1);
    open();
    await settled();
    expect(wanted()).toEqual([PATH]);
  });
});

describe('the reason that the agent tells', () => {
  beforeEach(() => {
    vigia.node.camera(PATH, 'silent');
    vigia.world.cameras.reports.set(URL, { kind: 'failed', code: 'SOURCE_TIMEOUT' });
  });

  /** MediaMTX tries again every 5 s. */
  const failFor = async (ms: number, code: string): Promise<void> => {
    for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
      vigia.world.agent.fail(PATH, code);
      await tick();
    }
  };

  it('is that of the ERROR, and the camera is not dialled for it', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    await failFor(30_000, 'SOURCE_NOT_FOUND');
    expect(vigia.storyOf(stream)).toEqual(['new→STARTING', 'STARTING→ERROR SOURCE_NOT_FOUND']);
    await failFor(600_000, 'SOURCE_NOT_FOUND');
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is waited for until MediaMTX has dialled again, and only then the camera is asked', async () => {
    await vigia.tick();
    await vigia.start();
    // Dialled, refused and said before MediaMTX had answered that it would dial.
    await vigia.clock.advance(3_500);
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([]);
    await vigia.clock.advance(1_500);
    vigia.world.agent.fail(PATH, 'SOURCE_NOT_FOUND');
    await vigia.tick();
    await vigia.clock.advance(20_000);
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is heard before the camera is asked, also while the stream is followed', async () => {
    await vigia.tick();
    await vigia.start();
    await vigia.clock.advance(5_000);
    vigia.world.agent.fail(PATH, 'SOURCE_NOT_FOUND');
    // Followed closely, and no tick comes for long.
    await vigia.clock.advance(10_000);
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is asked of the camera when the node does not tell it', async () => {
    await vigia.tick();
    await vigia.start();
    await vigia.clock.advance(5_900);
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([]);
    await vigia.clock.advance(1_000);
    await vigia.tick();
    expect(vigia.world.cameras.asked).toEqual([URL]);
  });

  it('changes within ERROR when it was told twice', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    await failFor(30_000, 'SOURCE_NOT_FOUND');
    await failFor(5_000, 'SOURCE_BUSY');
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_NOT_FOUND');
    await failFor(5_000, 'SOURCE_BUSY');
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_BUSY');
  });

  it('of a refused password parks the stream in the same tick', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.tick();
    await settled();
    expect(vigia.stateOf(stream)).toMatchObject({
      status: 'ERROR',
      reason: 'SOURCE_AUTH_FAILED',
      parkedGeneration: 1,
    });
    expect(vigia.node.names).toEqual([]);
    expect(vigia.world.cameras.asked).toEqual([]);
  });

  it('is nothing about a stream that was started after it', async () => {
    const first = await vigia.start();
    await vigia.clock.advance(10);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.stop(first.id);
    vigia.node.camera(PATH, 'live');
    const second = await vigia.start();
    await vigia.run(20_000);
    expect(vigia.stateOf(second)).toMatchObject({ status: 'RUNNING', parkedGeneration: null });
  });

  it('is nothing about a patched source, when it was told before', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.clock.advance(10);
    const source = { ...aStart().source, url: 'rtsp://192.168.1.20:554/other' };
    await vigia.patchStream.execute(stream.id, { source }, null);
    await settled();
    await vigia.run(15_000);
    expect(vigia.stateOf(stream).parkedGeneration).toBeNull();
  });

  it('is that of the present when media had come in between', async () => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.follow.close();
    vigia.world.agent.isDown = true;
    await vigia.run(10_000);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    vigia.world.agent.isDown = false;
    vigia.node.camera(PATH, 'silent');
    await vigia.run(15_000);
    expect(vigia.stateOf(stream)).toMatchObject({ parkedGeneration: null, status: 'STARTING' });
  });

  it('of long ago is nothing, to a holder that has seen media since and nothing else', async () => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.clock.advance(10);
    vigia.world.agent.isDown = true;
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.run(20_000);
    const other = new ControlPlane({}, vigia.world);
    await other.run(20_000);
    vigia.world.agent.isDown = false;
    vigia.node.camera(PATH, 'silent');
    await other.run(15_000);
    expect(other.stateOf(stream)).toMatchObject({ parkedGeneration: null, status: 'STARTING' });
  });

  it.each([
    ['older than a dial and its time-out', 31_000, 0],
    ['of the future, by a clock that was set', 0, -60_000],
  ])('is nothing to a holder at its first look when it is %s', async (_, laterMs, skewMs) => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.run(10_000);
    vigia.world.agent.skewMs = skewMs;
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.clock.advance(laterMs);
    vigia.node.camera(PATH, 'silent');
    const other = new ControlPlane({}, vigia.world);
    await other.run(2 * TICK_MS);
    expect(other.stateOf(stream).parkedGeneration).toBeNull();
  });

  it('is nothing when the camera was available since', async () => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.run(10_000);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    vigia.world.agent.recover(PATH);
    vigia.node.camera(PATH, 'silent');
    const other = new ControlPlane({}, vigia.world);
    await other.run(2 * TICK_MS);
    expect(other.stateOf(stream).parkedGeneration).toBeNull();
  });

  it('is not charged to a newer source for having been under way for long', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.clock.advance(200);
    const source = { ...aStart().source, url: 'rtsp://192.168.1.20:554/other' };
    await vigia.patchStream.execute(stream.id, { source }, null);
    await settled();
    await vigia.clock.advance(100);
    vigia.world.agent.delayMs = 1_000;
    const tick = vigia.reconcileNode.execute(await vigia.hold());
    await vigia.clock.advance(1_000);
    await tick;
    expect(vigia.stateOf(stream).parkedGeneration).toBeNull();
  });

  it('is not charged to a newer source because the database was busy', async () => {
    const stream = await vigia.start();
    await vigia.clock.advance(1_000);
    vigia.world.agent.fail(PATH, 'SOURCE_AUTH_FAILED');
    await vigia.clock.advance(200);
    // By another replica: this one has not seen the node told.
    const other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
    const source = { ...aStart().source, url: 'rtsp://192.168.1.20:554/other' };
    await other.patchStream.execute(stream.id, { source }, null);
    await settled();
    await vigia.clock.advance(100);
    vigia.streams.busyMs = 1_000;
    const tick = vigia.reconcileNode.execute(await vigia.hold());
    await vigia.clock.advance(1_000);
    await tick;
    vigia.streams.busyMs = 0;
    await vigia.tick();
    expect(vigia.stateOf(stream).parkedGeneration).toBeNull();
  });

  it('is waited for without making the looks older or younger than they are', async () => {
    vigia.node.camera(PATH, 'live');
    const stream = await vigia.start();
    await vigia.run(10_000);
    await vigia.follow.close();
    const slowTick = async (): Promise<void> => {
      const tick = vigia.reconcileNode.execute(await vigia.hold());
      await vigia.clock.advance(vigia.world.agent.delayMs);
      await tick;
    };
    vigia.node.camera(PATH, 'silent');
    await slowTick();
    // 2.1 s after the first silent look, though its answer was waited for until now.
    await vigia.clock.advance(2_100);
    vigia.world.agent.delayMs = 2_000;
    await slowTick();
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('is asked of the camera while the agent does not answer', async () => {
    vigia.world.agent.isDown = true;
    const stream = await vigia.start();
    await vigia.run(30_000);
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_TIMEOUT');
    expect(vigia.world.cameras.asked).not.toEqual([]);
    expect(vigia.state.conditions.agentCause).toBe('connection refused');
    vigia.world.agent.isDown = false;
    vigia.state.agent.saidToBeBack();
    await vigia.tick();
    expect(vigia.state.conditions.agentCause).toBeNull();
  });
});

describe('a MediaMTX that was restarted between two looks', () => {
  it('is inspected and audited in the same tick, and nothing is written', async () => {
    await vigia.start();
    await vigia.run(10_000);
    const writes = vigia.node.writes.length;
    vigia.world.agent.childStartedAt = '2026-11-27T09:00:00Z';
    const inspections = vigia.node.inspections;
    await vigia.tick();
    expect(vigia.node.inspections).toBe(inspections + 1);
    expect(vigia.node.writes).toHaveLength(writes);
  });
});

describe('a node without an agent', () => {
  it('is looked after by looks and by asking cameras', async () => {
    vigia = new ControlPlane({}, new World());
    await vigia.hold();
    vigia.node.camera(PATH, 'silent');
    vigia.world.cameras.reports.set(URL, { kind: 'failed', code: 'SOURCE_TIMEOUT' });
    const stream = await vigia.start();
    await vigia.run(30_000);
    expect(vigia.stateOf(stream).reason).toBe('SOURCE_TIMEOUT');
    expect(vigia.world.agent.puts).toBe(0);
  });
});
