import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, NEVER, aStart } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type StreamRecord } from '../domain/ports/stream-repository.js';
import { StreamNotFound } from '../domain/stream.errors.js';

silentLogs();

let vigia: ControlPlane;
beforeEach(() => {
  vigia = new ControlPlane();
});

/** A start whose answer may wait; `answer` stays null while it does. */
function waiting(waitMs: number, signal = NEVER): { answer: StreamRecord | null; done: unknown } {
  const call: { answer: StreamRecord | null; done: unknown } = { answer: null, done: null };
  call.done = vigia.startStream.execute(aStart(), { waitMs, signal }).then((stream) => {
    call.answer = stream;
  });
  return call;
}

describe('StartStream', () => {
  it('answers with the durable row at once when nobody asked to wait', async () => {
    const stream = await vigia.startStream.execute(
      aStart('gate-3', { labels: { site: 'north' } }),
      {
        waitMs: 0,
        signal: NEVER,
      },
    );
    expect(stream).toMatchObject({
      cameraId: 'gate-3',
      path: 'cam/gate-3',
      nodeId: 'default',
      status: 'STARTING',
      labels: { site: 'north' },
    });
    expect(await vigia.streams.findById(stream.id)).toMatchObject({ id: stream.id });
  });

  it('gives ids that sort by their age', async () => {
    const streams = [];
    for (const camera of ['a', 'b', 'c']) {
      streams.push(await vigia.start(camera));
    }
    const ids = streams.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
  });

  it('holds the answer until the stream runs, and no longer', async () => {
    const call = waiting(30_000);
    await vigia.clock.advance(200);
    expect(call.answer).toBeNull();
    await vigia.clock.advance(800);
    expect(call.answer).toMatchObject({ status: 'RUNNING' });
  });

  it('holds the answer until the stream is an ERROR', async () => {
    vigia.node.refusedPaths.add('cam/gate-3');
    const call = waiting(30_000);
    await vigia.clock.advance(0);
    expect(call.answer).toMatchObject({ status: 'ERROR', reason: 'MEDIAMTX_REJECTED' });
  });

  it('answers with the current row when the time is over', async () => {
    vigia.node.camera('cam/gate-3', 'silent');
    const call = waiting(3_000);
    await vigia.clock.advance(2_999);
    expect(call.answer).toBeNull();
    await vigia.clock.advance(1);
    expect(call.answer).toMatchObject({ status: 'STARTING' });
  });

  it('answers at once when the caller hangs up or the process drains, and starts all the same', async () => {
    const ending = new AbortController();
    vigia.node.camera('cam/gate-3', 'silent');
    const call = waiting(30_000, ending.signal);
    await vigia.clock.advance(500);
    ending.abort();
    await vigia.clock.advance(0);
    expect(call.answer).toMatchObject({ status: 'STARTING' });
    expect(vigia.node.names).toEqual(['cam/gate-3']);
  });

  it('sees within a second what another replica has done', async () => {
    const release = vigia.node.holdWrites();
    const call = waiting(30_000);
    await vigia.clock.advance(500);
    const [row] = await vigia.streams.list({}, { limit: 1, beforeId: null });
    await vigia.streams.stop(row!.id);
    await vigia.clock.advance(1_000);
    expect(call.answer).toMatchObject({ status: 'STOPPED' });
    release();
  });

  it('does not wait for a node that is known to be down', async () => {
    vigia.streams.isNodeKnownDown = true;
    vigia.node.isDown = true;
    await vigia.tick();
    const call = waiting(30_000);
    await vigia.clock.advance(0);
    expect(call.answer).toMatchObject({ status: 'STARTING', reason: 'NODE_UNREACHABLE' });
  });

  it('answers with what it knows when the database does not answer while it waits', async () => {
    vigia.node.camera('cam/gate-3', 'silent');
    const call = waiting(3_000);
    await vigia.clock.advance(100);
    vigia.streams.isDown = true;
    await vigia.clock.advance(2_000);
    expect(call.answer).toBeNull();
    await vigia.clock.advance(1_000);
    expect(call.answer).toMatchObject({ cameraId: 'gate-3', status: 'STARTING' });
  });

  it('says that the stream is gone when its row is', async () => {
    const release = vigia.node.holdWrites();
    const call = waiting(30_000);
    const failed = expect(call.done).rejects.toThrow(StreamNotFound);
    await vigia.clock.advance(100);
    vigia.streams.wipe();
    await vigia.clock.advance(1_000);
    await failed;
    release();
  });

  it('fails when the row cannot be written, and asks the node for nothing', async () => {
    vigia.streams.isDown = true;
    await expect(
      vigia.startStream.execute(aStart(), { waitMs: 0, signal: NEVER }),
    ).rejects.toMatchObject({ kind: 'unavailable' });
    expect(vigia.node.writes).toEqual([]);
  });
});
