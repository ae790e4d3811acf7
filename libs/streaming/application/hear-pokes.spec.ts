import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type Poke, type Pokes } from '../domain/ports/node-agent.js';
import { HearPokes } from './hear-pokes.js';

silentLogs();

const LOST: Poke = { kind: 'lost', path: 'cam/gate-3' };
const BACK: Poke = { kind: 'restarted', path: null };
const hint = (seq: number, ...pokes: Poke[]): Pokes => ({ kind: 'complete', seq, pokes });
const NO_ANSWER = { kind: 'inconclusive', cause: 'connection refused' } as const;

let vigia: ControlPlane;
let hear: HearPokes;
let heard: Poke[];
beforeEach(() => {
  vigia = new ControlPlane();
  vigia.world.agent.isPresent = true;
  hear = new HearPokes(vigia.world.agent, vigia.lease, vigia.clock);
  heard = [];
});
afterEach(() => hear.close());

async function listen(ms: number): Promise<void> {
  hear.start((pokes) => heard.push(...pokes));
  await settled();
  await vigia.clock.advance(ms);
}

describe('HearPokes', () => {
  it('begins where the agent is with a look at everything, and hands on what comes after', async () => {
    await vigia.hold();
    vigia.world.agent.hints = [hint(7, LOST), hint(8, LOST)];
    await listen(100);
    expect(vigia.world.agent.heardAfter).toEqual([null, 7, 8]);
    expect(heard).toEqual([BACK, LOST]);
  });

  it('takes an agent that breaks off for a hint, once, and begins anew', async () => {
    await vigia.hold();
    vigia.world.agent.hints = [hint(7), NO_ANSWER, NO_ANSWER, hint(1)];
    await listen(3_000);
    expect(heard).toEqual([BACK, { kind: 'lost', path: null }, BACK]);
    expect(vigia.world.agent.heardAfter).toEqual([null, 7, null, null, 1]);
  });

  it('leaves the agent alone without the lease', async () => {
    await listen(5_000);
    expect(vigia.world.agent.heardAfter).toEqual([]);
    await vigia.hold();
    await vigia.clock.advance(1_000);
    expect(vigia.world.agent.heardAfter).toEqual([null]);
  });

  it('leaves a node alone that has no agent', async () => {
    vigia.world.agent.isPresent = false;
    await vigia.hold();
    await listen(5_000);
    expect(vigia.world.agent.heardAfter).toEqual([]);
  });

  it('calls no more once it is closed', async () => {
    await vigia.hold();
    await listen(100);
    await hear.close();
    await vigia.clock.advance(60_000);
    expect(vigia.world.agent.heardAfter).toEqual([null]);
    expect(heard).toEqual([]);
  });
});
