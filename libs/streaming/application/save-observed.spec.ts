import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { type LogLine, silentLogs } from '#test/support/streaming/silent-logs.js';

import { Stream, type StreamChange } from '../domain/stream.js';
import { SaveObserved } from './save-observed.js';

let logs: LogLine[];
let vigia: ControlPlane;
let save: SaveObserved;
let id: string;

beforeEach(async () => {
  silentLogs();
  vigia = new ControlPlane();
  save = new SaveObserved(vigia.streams, vigia.announce, vigia.signals, vigia.metrics);
  vigia.node.camera('cam/gate-3', 'silent');
  ({ id } = await vigia.start());
  logs = silentLogs();
});

function observed(happens: (stream: Stream) => void): StreamChange {
  const stream = new Stream(vigia.stateOf({ id }));
  happens(stream);
  return stream.change()!;
}

describe('SaveObserved', () => {
  it('saves nothing without a statement when there is nothing to save', async () => {
    const before = vigia.streams.writes;
    expect(await save.execute([], null)).toEqual(new Map());
    expect(vigia.streams.writes).toBe(before);
  });

  it('says a transition once, with from, to and reason', async () => {
    await save.execute([observed((stream) => stream.observedRunning())], null);
    expect(logs).toEqual([
      {
        level: 'log',
        context: 'Stream',
        sentence: 'stream changed',
        fields: {
          streamId: id,
          cameraId: 'gate-3',
          nodeId: 'default',
          from: 'STARTING',
          to: 'RUNNING',
          reason: null,
          startMs: 0,
        },
      },
    ]);
  });

  it('says a failure as a warning', async () => {
    await save.execute([observed((stream) => stream.failed('SOURCE_NO_MEDIA'))], null);
    expect(logs).toMatchObject([
      { level: 'warn', sentence: 'stream failed', fields: { reason: 'SOURCE_NO_MEDIA' } },
    ]);
  });

  it('says nothing of a change without an event, or of one that lost its race', async () => {
    const late = observed((stream) => stream.observedRunning());
    await save.execute([observed((stream) => stream.nodeUnreachable())], null);
    expect(await save.execute([late], null)).toEqual(new Map());
    expect(logs).toEqual([]);
  });

  it('wakes whoever waits for the stream', async () => {
    let isAwake = false;
    void vigia.signals.wait(id, 60_000, new AbortController().signal).then(() => {
      isAwake = true;
    });
    await save.execute([observed((stream) => stream.observedRunning())], null);
    await vigia.clock.advance(0);
    expect(isAwake).toBe(true);
  });
});
