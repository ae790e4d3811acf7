import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type StreamFilter } from '../domain/ports/stream-repository.js';
import { StreamNotFound } from '../domain/stream.errors.js';
import { ReadStreams } from './read-streams.js';

silentLogs();

const UNKNOWN = '0198c0de-0000-7000-8000-00000000dead';

let vigia: ControlPlane;
let read: ReadStreams;

beforeEach(() => {
  vigia = new ControlPlane();
  read = new ReadStreams(vigia.streams);
});

async function cameras(filter: StreamFilter, beforeId: string | null = null): Promise<string[]> {
  const streams = await read.list(filter, { limit: 2, beforeId });
  return streams.map(({ cameraId }) => cameraId);
}

describe('ReadStreams', () => {
  it('shows a stream, and says when there is none', async () => {
    const { id } = await vigia.start();
    const { stream } = await read.details(id);
    expect(stream).toMatchObject({ id, cameraId: 'gate-3' });
    await expect(read.details(UNKNOWN)).rejects.toThrow(StreamNotFound);
  });

  it('shows how well the connection of a stream holds', async () => {
    const { id, path } = await vigia.start();
    await vigia.run(10_000);
    expect((await read.details(id)).connection).toEqual({
      quality: 'good',
      reconnectsLastHour: 0,
      lastOutage: null,
    });
    vigia.node.camera(path, 'silent');
    await vigia.run(10_000);
    expect((await read.details(id)).connection).toMatchObject({
      quality: 'down',
      lastOutage: { endedAt: null },
    });
    vigia.node.camera(path, 'live');
    await vigia.run(10_000);
    expect((await read.details(id)).connection).toMatchObject({
      quality: 'good',
      reconnectsLastHour: 1,
      lastOutage: { endedAt: expect.any(Date), durationMs: expect.any(Number) },
    });
  });

  it('shows pages, newest first', async () => {
    await vigia.start('a');
    const { id } = await vigia.start('b', { labels: { site: 'north' } });
    await vigia.start('c');
    expect(await cameras({})).toEqual(['c', 'b']);
    expect(await cameras({}, id)).toEqual(['a']);
    expect(await cameras({ labels: { site: 'north' } })).toEqual(['b']);
    expect(await cameras({ cameraId: 'a', status: 'STOPPED' })).toEqual([]);
  });

  it('shows what happened to a stream, newest first, also after it stopped', async () => {
    const { id } = await vigia.start();
    await vigia.clock.advance(1_000);
    await vigia.stop(id);
    const events = await read.events(id, { limit: 10, beforeVersion: null });
    expect(events.map(({ toStatus }) => toStatus)).toEqual(['STOPPED', 'RUNNING', 'STARTING']);
    const [, second] = events;
    const older = await read.events(id, { limit: 10, beforeVersion: second!.version });
    expect(older.map(({ toStatus }) => toStatus)).toEqual(['STARTING']);
  });

  it('says when there is no stream whose events could be shown', async () => {
    await expect(read.events(UNKNOWN, { limit: 10, beforeVersion: null })).rejects.toThrow(
      StreamNotFound,
    );
  });
});
