import { beforeEach, describe, expect, it } from '@jest/globals';

import { aSample, aStream } from '#test/support/streaming/a-stream.js';
import { ControlPlane, TICK_MS, World } from '#test/support/streaming/control-plane.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

let logs = silentLogs();
let world: World;
let one: ControlPlane;
let other: ControlPlane;

beforeEach(() => {
  logs = silentLogs();
  world = new World();
  one = new ControlPlane({}, world, 'vigia-1:3000');
  other = new ControlPlane({}, world, 'vigia-2:3000');
});

const EPOCH_1 = { nodeId: 'default', owner: 'vigia-1:3000', epoch: '1' };

describe('HeldLease', () => {
  it('holds nothing before it asked', () => {
    expect(one.lease.current).toBeNull();
  });

  it('is gained by the first who asks, and renewed without a new epoch', async () => {
    expect(await one.lease.renew()).toBe(true);
    expect(one.lease.current).toEqual(EPOCH_1);
    await world.clock.advance(TICK_MS);
    expect(await one.lease.renew()).toBe(false);
    expect(one.lease.current).toEqual(EPOCH_1);
  });

  it('is not held by the other one meanwhile', async () => {
    await one.lease.renew();
    expect(await other.lease.renew()).toBe(false);
    expect(other.lease.current).toBeNull();
  });

  it('is not trusted any more well before it ends, counted from before the renewal', async () => {
    await one.lease.renew();
    await world.clock.advance(9_999);
    expect(one.lease.current).toEqual(EPOCH_1);
    await world.clock.advance(1);
    expect(one.lease.current).toBeNull();
    expect(await other.lease.renew()).toBe(false);
  });

  it('is trusted no longer for an answer that took its time', async () => {
    const hold = one.leases.hold.bind(one.leases);
    one.leases.hold = async (...asked): ReturnType<typeof hold> => {
      const fence = await hold(...asked);
      await world.clock.advance(9_000);
      return fence;
    };
    await one.lease.renew();
    await world.clock.advance(1_000);
    expect(one.lease.current).toBeNull();
  });

  it('goes to another one with the next epoch when it has ended', async () => {
    await one.lease.renew();
    await world.clock.advance(15_001);
    expect(await other.lease.renew()).toBe(true);
    expect(other.lease.current).toMatchObject({ owner: 'vigia-2:3000', epoch: '2' });
    await one.lease.renew();
    expect(one.lease.current).toBeNull();
    expect(sentences(logs)).toContain('lease lost to another instance');
  });

  it('goes to another one at once when it is released', async () => {
    await one.lease.renew();
    await one.lease.release();
    expect(one.lease.current).toBeNull();
    expect(await other.lease.renew()).toBe(true);
  });

  it('goes at once to the same owner when it was restarted, and not back to one that was frozen', async () => {
    await one.lease.renew();
    const restarted = new ControlPlane({}, world, 'vigia-1:3000');
    expect(await restarted.lease.renew()).toBe(true);
    expect(restarted.lease.current).toMatchObject({ owner: 'vigia-1:3000', epoch: '2' });
    await one.lease.renew();
    expect(one.lease.current).toBeNull();
    expect(await restarted.lease.renew()).toBe(false);
    expect(restarted.lease.current).toMatchObject({ epoch: '2' });
  });

  it('has nothing to release when it is not held', async () => {
    await other.lease.renew();
    await one.lease.release();
    expect(other.lease.current).not.toBeNull();
    expect(await one.lease.renew()).toBe(false);
  });

  it('is kept over a renewal that failed, until it cannot be trusted', async () => {
    await one.lease.renew();
    one.leases.isDown = true;
    await expect(one.lease.renew()).rejects.toThrow();
    expect(one.lease.current).toEqual(EPOCH_1);
    await world.clock.advance(10_000);
    expect(one.lease.current).toBeNull();
  });

  it('begins without evidence: what an earlier holding saw does not count', async () => {
    const state = aStream({ status: 'RUNNING' });
    const time = { lookStartedMs: 0, nowMs: 0 };
    one.memory.observe(state, aSample(), time);
    await one.lease.renew();
    expect(one.memory.observe(state, aSample(), time)).toMatchObject({ isFirst: true });
  });
});

describe('what a holder writes down', () => {
  async function lookAgeMs(): Promise<number | null | undefined> {
    const [report] = await one.leases.report();
    return report?.lookAgeMs;
  }

  it('is its last look, from the second one on', async () => {
    await one.tick();
    await one.lease.renew();
    expect(await lookAgeMs()).toBeNull();
    expect(one.lease.isLookUnsaid).toBe(false);
    await world.clock.advance(TICK_MS);
    await one.tick();
    expect(one.lease.isLookUnsaid).toBe(true);
    await one.lease.renew();
    expect(await lookAgeMs()).toBe(0);
    expect(one.lease.isLookUnsaid).toBe(false);
  });

  it('never takes back what a holder in between has seen', async () => {
    await one.run(10_000);
    await world.clock.advance(20_000);
    await other.run(10_000);
    await other.lease.renew();
    await one.lease.renew();
    await other.lease.release();
    await world.clock.advance(1_000);
    await one.lease.renew();
    expect(one.lease.current).not.toBeNull();
    expect(await lookAgeMs()).toBe(1_000);
  });

  it('is how its node is, on change only', async () => {
    for (let i = 0; i < 10; i += 1) {
      await one.tick();
      await one.lease.saveConditions(await one.hold());
      await world.clock.advance(TICK_MS);
    }
    expect(one.leases.conditionWrites).toBe(1);
    world.node.isDown = true;
    await one.tick();
    await one.lease.saveConditions(await one.hold());
    expect(one.leases.conditionWrites).toBe(2);
    expect(await one.leases.report()).toMatchObject([
      { conditions: { isReachable: false, cause: 'connection refused', version: 'v1.20.1' } },
    ]);
  });

  it('is written again when it was said with a lease that was lost meanwhile', async () => {
    const lost = await one.hold();
    await world.clock.advance(60_000);
    await other.hold();
    await other.lease.release();
    await one.lease.renew();
    // By a tick that began before it was frozen.
    await one.lease.saveConditions(lost);
    await one.lease.saveConditions(one.lease.current!);
    expect(await one.leases.report()).toMatchObject([{ conditions: { isReachable: true } }]);
  });

  it('is written again by the next holder, though nothing changed since it held last', async () => {
    await one.tick();
    await one.lease.saveConditions(await one.hold());
    await one.lease.release();
    await other.lease.renew();
    await other.lease.release();
    await one.lease.renew();
    await one.lease.saveConditions(one.lease.current!);
    expect(one.leases.conditionWrites).toBe(2);
  });

  it('lets go what its own writes have met while another process looks', async () => {
    await one.lease.renew();
    await other.lease.renew();
    other.state.writeFailed('connection refused', 0);
    await world.clock.advance(10_000);
    await one.lease.renew();
    await other.lease.renew();
    expect(sentences(logs)).not.toContain('a fault is not followed any further by this process');
    await world.clock.advance(10_000);
    await one.lease.renew();
    await world.clock.advance(10_000);
    await one.lease.renew();
    await other.lease.renew();
    expect(sentences(logs)).toContain('a fault is not followed any further by this process');
  });

  it('ends what its own writes have met with itself, lease or not', async () => {
    await one.lease.renew();
    await other.lease.renew();
    other.state.writeFailed('connection refused', 0);
    await other.lease.release();
    expect(sentences(logs)).toContain('a fault is not followed any further by this process');
    expect(one.lease.current).toEqual(EPOCH_1);
  });
});
