import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, NEVER } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { MAX_LABELS } from '../domain/labels.js';
import { type ExpectedGenerations, type StreamPatch } from '../domain/ports/stream-changes.js';
import { type StreamRecord } from '../domain/ports/stream-repository.js';
import { type SourceUrl } from '../domain/source-url.js';
import {
  PreconditionFailed,
  StreamNotFound,
  StreamStopped,
  TooManyLabels,
} from '../domain/stream.errors.js';

const PATH = 'cam/gate-3';
const NOBODY = '0198c0de-0000-7000-8000-00000000dead';
const OTHER: SourceUrl = {
  url: 'rtsp://192.168.1.21:554/other',
  secret: { userInfo: 'admin:hunter2', query: null },
};

let logs = silentLogs();
let vigia: ControlPlane;
let stream: StreamRecord;

beforeEach(async () => {
  logs = silentLogs();
  vigia = new ControlPlane();
  stream = await vigia.start('gate-3', { labels: { site: 'north' } });
  await vigia.run(10_000);
});

async function patch(
  change: StreamPatch,
  expected: ExpectedGenerations = null,
): Promise<StreamRecord> {
  const patched = await vigia.patchStream.execute(stream.id, change, expected);
  await settled();
  return patched;
}

describe('PatchStream', () => {
  it('answers with the changed row before the node has done anything', async () => {
    vigia.node.holdWrites();
    expect(await patch({ source: OTHER, onDemand: true, transport: 'udp' })).toMatchObject({
      id: stream.id,
      sourceUrl: OTHER.url,
      hasUserInfo: true,
      onDemand: true,
      transport: 'udp',
      status: 'STARTING',
      reason: 'SOURCE_CHANGED',
      generation: 2,
      playback: stream.playback,
    });
  });

  it('carries a new source to the node with one replace, and follows it until it runs', async () => {
    const before = vigia.node.writes.length;
    await patch({ source: OTHER });
    await vigia.run(20_000);
    expect(vigia.node.writes.slice(before)).toEqual([{ verb: 'replace', path: PATH }]);
    expect(vigia.node.specOf(PATH)?.source).toEqual(OTHER);
    expect(vigia.stateOf(stream)).toMatchObject({ status: 'RUNNING', reason: null, reconnects: 0 });
    expect(vigia.storyOf(stream)).toEqual([
      'new→STARTING',
      'STARTING→RUNNING',
      'RUNNING→STARTING SOURCE_CHANGED',
      'STARTING→RUNNING',
    ]);
  });

  it('changes labels without a word to the node, an event or a new generation', async () => {
    const [writes, story] = [vigia.node.writes.length, vigia.storyOf(stream)];
    const patched = await patch({ labels: { site: null, floor: '2' } });
    expect(patched).toMatchObject({ labels: { floor: '2' }, status: 'RUNNING', generation: 1 });
    await vigia.run(20_000);
    expect(vigia.node.writes).toHaveLength(writes);
    expect(vigia.storyOf(stream)).toEqual(story);
  });

  it('does nothing at all when nothing differs', async () => {
    const [writes, lines, state] = [vigia.node.writes.length, logs.length, vigia.stateOf(stream)];
    const { source, transport } = { source: stream.sourceUrl, transport: stream.transport };
    const same = { url: source, secret: { userInfo: null, query: null } };
    await patch({ source: same, transport, onDemand: false, labels: { site: 'north', x: null } });
    await patch({});
    expect(vigia.stateOf(stream)).toEqual(state);
    expect(vigia.node.writes).toHaveLength(writes);
    expect(logs).toHaveLength(lines);
  });

  it('leaves an ERROR by a new source alone', async () => {
    vigia.node.camera(PATH, 'silent');
    vigia.node.forgetAll();
    await vigia.run(60_000);
    expect(vigia.stateOf(stream).status).toBe('ERROR');
    expect(await patch({ transport: 'udp' })).toMatchObject({
      status: 'ERROR',
      reason: 'SOURCE_NO_MEDIA',
      generation: 2,
    });
    expect(await patch({ source: OTHER })).toMatchObject({
      status: 'STARTING',
      reason: 'SOURCE_CHANGED',
      generation: 3,
    });
    expect(vigia.streams.eventsOf(stream.id).slice(-2)).toMatchObject([
      { type: 'stream.patched', fromStatus: 'ERROR', toStatus: 'ERROR' },
      { type: 'stream.status_changed', fromStatus: 'ERROR', toStatus: 'STARTING' },
    ]);
  });

  it('takes a parked stream back with a new source, and with nothing else', async () => {
    vigia.streams.park(stream.id);
    await patch({ onDemand: true });
    expect(vigia.streams.isParked(stream.id)).toBe(true);
    await patch({ source: OTHER });
    expect(vigia.streams.isParked(stream.id)).toBe(false);
  });

  it('says at once that the node is known to be down', async () => {
    vigia.streams.isNodeKnownDown = true;
    vigia.node.isDown = true;
    expect(await patch({ source: OTHER })).toMatchObject({
      status: 'STARTING',
      reason: 'NODE_UNREACHABLE',
    });
  });

  it('keeps what it was told while the database knows it, and the node does not answer', async () => {
    vigia.node.isDown = true;
    await patch({ source: OTHER });
    vigia.node.isDown = false;
    await vigia.run(30_000);
    expect(vigia.node.specOf(PATH)?.source).toEqual(OTHER);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
  });

  it('wakes whoever waits for the stream', async () => {
    const waiting = vigia.signals.wait(stream.id, 60_000, NEVER);
    await patch({ labels: { floor: '2' } });
    await waiting;
    expect(vigia.clock.waiting).toBe(0);
  });

  it('says once what was changed, by name and never by value', async () => {
    const before = logs.length;
    await patch({ source: OTHER, labels: null });
    const lines = logs.slice(before).filter(({ sentence }) => sentence === 'stream changed');
    expect(lines).toMatchObject([
      {
        level: 'log',
        fields: {
          streamId: stream.id,
          from: 'RUNNING',
          to: 'STARTING',
          reason: 'SOURCE_CHANGED',
          changed: ['source', 'labels'],
        },
      },
    ]);
    expect(vigia.streams.eventsOf(stream.id).at(-1)?.data).toEqual({
      by: 'patch',
      changed: ['source', 'labels'],
    });
    const said = JSON.stringify([logs, vigia.streams.eventsOf(stream.id)]);
    expect(said).not.toContain('hunter2');
    expect(said).not.toContain('192.168.1.21');
  });

  it('refuses what is based on another generation, and names the one there is', async () => {
    await patch({ source: OTHER }, [1]);
    for (const expected of [[1], [3, 4], []]) {
      const patching = patch({ onDemand: true }, expected);
      await expect(patching).rejects.toThrow(PreconditionFailed);
      await expect(patching).rejects.toMatchObject({ extensions: { generation: 2 } });
    }
    expect(await patch({ onDemand: true }, [1, 2])).toMatchObject({ generation: 3 });
  });

  it('lets two label patches of one generation both win', async () => {
    await patch({ labels: { a: '1' } }, [1]);
    await patch({ labels: { b: '2' } }, [1]);
    expect(await vigia.streams.findById(stream.id)).toMatchObject({
      labels: { site: 'north', a: '1', b: '2' },
    });
  });

  it('refuses labels that would be too many together with the old ones', async () => {
    const more = Object.fromEntries(
      Array.from({ length: MAX_LABELS }, (_, index) => [`key-${index}`, 'v']),
    );
    await expect(patch({ labels: more })).rejects.toThrow(TooManyLabels);
    expect(Object.keys((await patch({ labels: { ...more, site: null } })).labels)).toHaveLength(32);
  });

  it('knows no stream that never was, and changes none that is stopped', async () => {
    await expect(vigia.patchStream.execute(NOBODY, {}, null)).rejects.toThrow(StreamNotFound);
    await vigia.stop(stream.id);
    await expect(patch({}, [99])).rejects.toThrow(StreamStopped);
  });
});

describe('a preview', () => {
  const preview = (
    change: StreamPatch,
    expected: ExpectedGenerations = null,
  ): ReturnType<typeof vigia.patchStream.preview> =>
    vigia.patchStream.preview(stream.id, change, expected);

  it('tells whom a restart would cut, and changes nothing', async () => {
    vigia.node.watch(PATH, 3);
    const [state, writes, lines] = [vigia.stateOf(stream), vigia.streams.writes, logs.length];
    expect(await preview({ source: OTHER, labels: null }, [1])).toEqual({
      effect: 'restart',
      viewers: 3,
      changed: ['source', 'labels'],
    });
    expect(vigia.stateOf(stream)).toEqual(state);
    expect(vigia.streams.writes).toBe(writes);
    expect(logs).toHaveLength(lines);
  });

  it('cuts nobody where nothing changes at the node', async () => {
    vigia.node.watch(PATH, 3);
    expect(await preview({ labels: { site: 'south' } })).toEqual({
      effect: 'none',
      viewers: 0,
      changed: ['labels'],
    });
    expect(await preview({})).toEqual({ effect: 'none', viewers: 0, changed: [] });
  });

  it('counts nobody where the path is gone, and says so when the node does not tell', async () => {
    vigia.node.forgetAll();
    expect(await preview({ onDemand: true })).toMatchObject({ viewers: 0 });
    vigia.node.isDown = true;
    expect(await preview({ onDemand: true })).toMatchObject({ effect: 'restart', viewers: null });
  });

  it('is refused where the patch itself would be', async () => {
    await expect(preview({}, [7])).rejects.toThrow(PreconditionFailed);
    const previewing = vigia.patchStream.preview(NOBODY, {}, null);
    await expect(previewing).rejects.toThrow(StreamNotFound);
    await vigia.stop(stream.id);
    await expect(preview({})).rejects.toThrow(StreamStopped);
  });
});
