import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { ControlPlane, TICK_MS, aStart, onNode } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

silentLogs();

const PATH = 'cam/gate-3';

let vigia: ControlPlane;
beforeEach(() => {
  vigia = new ControlPlane();
});

describe('ReconcileNode', () => {
  it('touches nothing when the look is inconclusive', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const [row, saves, writes] = [
      vigia.stateOf(stream),
      vigia.streams.writes,
      vigia.node.writes.length,
    ];
    vigia.node.isBlind = true;
    vigia.node.forgetAll();
    expect(await vigia.tick()).toMatchObject({ isConclusive: false, enqueued: 0, saved: 0 });
    expect(vigia.stateOf(stream)).toEqual(row);
    expect(vigia.streams.writes).toBe(saves);
    expect(vigia.node.writes).toHaveLength(writes);
  });

  it('does not wait for the writer, and says when what it handed over was written', async () => {
    await vigia.streams.start({
      ...aStart(),
      id: streamId(1),
      places: onNode('default'),
      path: PATH,
    });
    const release = vigia.node.holdWrites();
    const result = await vigia.tick();
    expect(result).toMatchObject({ isConclusive: true, enqueued: 1, saved: 0 });
    let isWritten = false;
    void result.written.then(() => {
      isWritten = true;
    });
    await settled();
    expect(isWritten).toBe(false);
    release();
    await settled();
    expect(isWritten).toBe(true);
  });

  it('hands a path over once that several stopped streams left behind', async () => {
    for (const sequence of [1, 2]) {
      await vigia.streams.start({
        ...aStart(),
        id: streamId(sequence),
        places: onNode('default'),
        path: PATH,
      });
      await vigia.streams.stop(streamId(sequence));
    }
    vigia.node.put(PATH);
    expect(await vigia.tick()).toMatchObject({ enqueued: 1 });
    expect(vigia.node.names).toEqual([]);
    await vigia.clock.advance(TICK_MS);
    await vigia.tick();
    for (const sequence of [1, 2]) {
      expect(vigia.stateOf({ id: streamId(sequence) }).removalPending).toBe(false);
    }
  });

  it('puts back what is absent though its rows cannot be written, and claims no fresh look', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const ageMs = vigia.state.lookAgeMs ?? NaN;
    vigia.node.forgetAll();
    vigia.streams.isLocked = true;
    await vigia.clock.advance(TICK_MS);
    await expect(vigia.tick()).rejects.toThrow('lock timeout');
    await settled();
    expect(vigia.node.names).toEqual([PATH]);
    expect(vigia.state.lookAgeMs).toBe(ageMs + TICK_MS);
    vigia.streams.isLocked = false;
    await vigia.run(10_000);
    expect(vigia.state.lookAgeMs).toBe(0);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('takes a look that was broken off by a drain for no failure of the node', async () => {
    await vigia.run(10_000);
    const before = vigia.state.conditions;
    vigia.node.isBlind = true;
    const fence = await vigia.hold();
    const result = await vigia.reconcileNode.execute(fence, AbortSignal.abort());
    expect(result.isConclusive).toBe(false);
    expect(vigia.state.conditions).toEqual(before);
    expect(vigia.state.isAnswering).toBe(true);
  });

  it('asks for its rows again when they were long in coming, with the age that its look has then', async () => {
    const ages: number[] = [];
    const workingSet = vigia.streams.workingSet.bind(vigia.streams);
    vigia.streams.workingSet = async (nodeId, lookAgeMs) => {
      ages.push(lookAgeMs);
      const rows = await workingSet(nodeId, lookAgeMs);
      if (ages.length === 1) await vigia.clock.advance(2_000);
      return rows;
    };
    await vigia.tick();
    expect(ages).toEqual([0, 2_000]);
    await vigia.tick();
    expect(ages).toEqual([0, 2_000, 0]);
  });

  it('knows streams of its own node only', async () => {
    await vigia.streams.start({
      ...aStart(),
      id: streamId(1),
      places: onNode('another'),
      path: PATH,
    });
    expect(await vigia.tick()).toMatchObject({ enqueued: 0 });
    expect(vigia.node.writes).toEqual([]);
  });
});
