import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, NEVER } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord } from '../domain/ports/stream-repository.js';
import { PreconditionFailed, StreamNotFound, StreamStopped } from '../domain/stream.errors.js';

const PATH = 'cam/gate-3';

let logs = silentLogs();
let vigia: ControlPlane;
let stream: StreamRecord;

beforeEach(async () => {
  logs = silentLogs();
  vigia = new ControlPlane();
  stream = await vigia.start();
});

async function retry(expected: ExpectedGenerations = null): Promise<StreamRecord> {
  const retried = await vigia.retryStream.execute(stream.id, expected);
  await settled();
  return retried;
}

describe('RetryStream', () => {
  it('answers with the row before the node has done anything', async () => {
    await vigia.run(10_000);
    vigia.node.holdWrites();
    expect(await retry()).toMatchObject({
      id: stream.id,
      status: 'STARTING',
      reason: 'RECONNECTING',
      generation: 2,
    });
    expect(vigia.streams.eventsOf(stream.id).at(-1)).toMatchObject({
      type: 'stream.status_changed',
      fromStatus: 'RUNNING',
      data: { by: 'retry' },
    });
  });

  it('leads out of ERROR, and forgets its reason', async () => {
    vigia.node.camera(PATH, 'silent');
    vigia.node.forgetAll();
    await vigia.run(60_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    expect(await retry()).toMatchObject({
      status: 'STARTING',
      reason: null,
      lastError: { code: 'SOURCE_NO_MEDIA' },
    });
  });

  it('leaves a stream that is starting as it is, and says that it was asked', async () => {
    expect(await retry()).toMatchObject({ status: 'STARTING', reason: null, generation: 2 });
    expect(vigia.streams.eventsOf(stream.id).at(-1)).toMatchObject({
      type: 'stream.retried',
      fromStatus: 'STARTING',
      toStatus: 'STARTING',
      data: { by: 'retry' },
    });
  });

  it('writes the path at once, and a camera that was repaired runs again', async () => {
    vigia.node.camera(PATH, 'silent');
    await vigia.run(60_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    const before = vigia.node.writes.length;
    vigia.node.camera(PATH, 'live');
    await retry();
    expect(vigia.node.writes.length).toBeGreaterThan(before);
    await vigia.run(30_000);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', appliedGeneration: 2 });
  });

  it('takes a parked stream back, and says that it was parked', async () => {
    vigia.streams.park(stream.id);
    await retry();
    expect(vigia.streams.isParked(stream.id)).toBe(false);
    const lines = logs.filter(({ sentence }) => sentence === 'stream changed');
    expect(lines.at(-1)).toMatchObject({
      fields: { streamId: stream.id, from: 'STARTING', to: 'STARTING', wasParked: true },
    });
  });

  it('says at once that the node is known to be down', async () => {
    vigia.streams.isNodeKnownDown = true;
    expect(await retry()).toMatchObject({ status: 'STARTING', reason: 'NODE_UNREACHABLE' });
  });

  it('wakes whoever waits for the stream', async () => {
    await vigia.run(10_000);
    vigia.node.holdWrites();
    const waiting = vigia.signals.wait(stream.id, 60_000, NEVER);
    await retry();
    await waiting;
    expect(vigia.stateOf(stream).generation).toBe(2);
  });

  it('is refused where it is based on another generation, on nothing or on what is stopped', async () => {
    await expect(retry([2])).rejects.toThrow(PreconditionFailed);
    const nobody = vigia.retryStream.execute('0198c0de-0000-7000-8000-00000000dead', null);
    await expect(nobody).rejects.toThrow(StreamNotFound);
    await vigia.stop(stream.id);
    await expect(retry()).rejects.toThrow(StreamStopped);
  });
});
