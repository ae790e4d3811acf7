import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { ControlPlane, TICK_MS, aStart } from '#test/support/streaming/control-plane.js';
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
    await vigia.streams.start({ ...aStart(), id: streamId(1), nodeId: 'default', path: PATH });
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
        nodeId: 'default',
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

  it('knows streams of its own node only', async () => {
    await vigia.streams.start({ ...aStart(), id: streamId(1), nodeId: 'another', path: PATH });
    expect(await vigia.tick()).toMatchObject({ enqueued: 0 });
    expect(vigia.node.writes).toEqual([]);
  });
});
