import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, NEVER, aStart } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type StreamRecord } from '../domain/ports/stream-repository.js';
import { PreconditionFailed, StreamNotFound } from '../domain/stream.errors.js';

let logs = silentLogs();
let vigia: ControlPlane;

beforeEach(() => {
  logs = silentLogs();
  vigia = new ControlPlane();
});

describe('StopStream', () => {
  it('answers with the stopped row before the node has done anything', async () => {
    const { id } = await vigia.start();
    vigia.node.holdWrites();
    expect(await vigia.stop(id)).toMatchObject({
      id,
      desired: 'STOPPED',
      status: 'STOPPED',
      generation: 2,
      stoppedAt: vigia.clock.now(),
    });
  });

  it('does not know a stream that never was', async () => {
    await expect(vigia.stop('0198c0de-0000-7000-8000-00000000dead')).rejects.toThrow(
      StreamNotFound,
    );
  });

  it('answers a second stop with the same row, and tells nobody', async () => {
    const { id } = await vigia.start();
    const first = await vigia.stop(id);
    await vigia.clock.advance(60_000);
    const [writes, lines] = [vigia.node.writes.length, logs.length];
    const second = await vigia.stop(id);
    expect(second.stoppedAt).toEqual(first.stoppedAt);
    expect(vigia.node.writes).toHaveLength(writes);
    expect(logs).toHaveLength(lines);
  });

  it('is refused when it is based on another generation, and changes nothing', async () => {
    const { id } = await vigia.start();
    await expect(vigia.stopStream.execute(id, [2])).rejects.toThrow(PreconditionFailed);
    expect(vigia.stateOf({ id }).desired).toBe('RUNNING');
    expect(await vigia.stopStream.execute(id, [1])).toMatchObject({ status: 'STOPPED' });
  });

  it('is done already for a stopped stream, whatever it is based on', async () => {
    const { id } = await vigia.start();
    const first = await vigia.stop(id);
    expect((await vigia.stopStream.execute(id, [1])).stoppedAt).toEqual(first.stoppedAt);
  });

  it('ends the waiting of the one who started it', async () => {
    vigia.node.camera('cam/gate-3', 'silent');
    const waiting: Promise<StreamRecord> = vigia.startStream.execute(aStart(), {
      waitMs: 30_000,
      signal: NEVER,
    });
    await vigia.clock.advance(100);
    const [row] = await vigia.streams.list({}, { limit: 1, beforeId: null });
    await vigia.stop(row!.id);
    expect(await waiting).toMatchObject({ status: 'STOPPED' });
  });

  it('says the transition once, with its reason', async () => {
    const { id } = await vigia.start();
    const before = logs.length;
    await vigia.stop(id);
    expect(logs.slice(before)).toMatchObject([
      {
        level: 'log',
        fields: { streamId: id, to: 'STOPPED', reason: 'REMOVAL_PENDING' },
        sentence: 'stream changed',
      },
    ]);
  });
});
