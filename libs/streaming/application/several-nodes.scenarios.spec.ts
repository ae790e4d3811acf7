/** What callers ask for reaches the node of the stream, and no other. */
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  ControlPlane,
  NEVER,
  World,
  aStart,
  onNode,
} from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';
import { streamId } from '#test/support/streaming/a-stream.js';
import { PLAYBACK } from '#test/support/streaming/stream-rows.js';

import { type ConfiguredNodes } from './configured-nodes.js';
import { type NodeHandle, Nodes } from './nodes.js';
import { PatchStream } from './patch-stream.js';
import { ReadVitals } from './read-vitals.js';
import { RetryStream } from './retry-stream.js';
import { StartStream } from './start-stream.js';
import { StopStream } from './stop-stream.js';

const describeNode = (id: string): ConfiguredNodes['descriptions'][0] => ({
  id,
  apiUrl: `http://${id}:9997/`,
  playback: PLAYBACK,
  maxPaths: 1,
  hasAgent: false,
});

describe('several nodes', () => {
  let north: ControlPlane;
  let south: ControlPlane;
  let start: StartStream;
  let stop: StopStream;
  let patch: PatchStream;
  let retry: RetryStream;

  beforeEach(() => {
    silentLogs();
    north = new ControlPlane({ nodeId: 'north' });
    // Another node, and the same database.
    const { streams } = north.world;
    south = new ControlPlane({ nodeId: 'south' }, Object.assign(new World(), { streams }));
    const nodes = new Nodes([handleOf('north', north), handleOf('south', south)]);
    const descriptions = [describeNode('north'), describeNode('south')] as const;
    const configured: ConfiguredNodes = { descriptions: [...descriptions], pathPrefix: 'cam' };
    start = new StartStream(streams, nodes, north.announce, north.signals, configured, north.clock);
    stop = new StopStream(streams, nodes, north.announce);
    patch = new PatchStream(streams, nodes, north.announce);
    retry = new RetryStream(streams, nodes, north.announce);
  });

  const started = async (cameraId: string): Promise<string> => {
    const { id } = await start.execute(aStart(cameraId), { waitMs: 0, signal: NEVER });
    await settled();
    return id;
  };

  const names = (): string[][] => [north.node.names, south.node.names];

  it('get the streams that are placed on them, until all are full', async () => {
    await started('a');
    await started('b');
    expect(names()).toEqual([['cam/a'], ['cam/b']]);
    await expect(started('c')).rejects.toMatchObject({ code: 'node.no_room' });
    expect(names()).toEqual([['cam/a'], ['cam/b']]);
  });

  it('hear of a patch, a retry and a stop of their own streams', async () => {
    await started('a');
    const id = await started('b');
    const before = north.node.writes.length;
    await patch.execute(id, { onDemand: true }, null);
    await settled();
    await retry.execute(id, null);
    await settled();
    expect(south.node.writes.filter(({ verb }) => verb === 'replace').length).toBeGreaterThan(2);
    await stop.execute(id);
    await settled();
    expect(names()).toEqual([['cam/a'], []]);
    expect(north.node.writes).toHaveLength(before);
  });

  it('leave alone what is on a node that is not configured here, and yet commit it', async () => {
    const id = streamId(1);
    const { streams } = north.world;
    await streams.start({ ...aStart('a'), id, path: 'cam/a', places: onNode('gone') });
    const change = { onDemand: true };
    expect(await patch.preview(id, change, null)).toMatchObject({ viewers: null });
    expect(await patch.execute(id, change, null)).toMatchObject({ generation: 2, nodeId: 'gone' });
    expect(await retry.execute(id, null)).toMatchObject({ generation: 3 });
    expect(await stop.execute(id)).toMatchObject({ status: 'STOPPED', removalPending: true });
    await settled();
    expect(names()).toEqual([[], []]);
  });
});

function handleOf(id: string, vigia: ControlPlane): NodeHandle {
  const clockwork = { start: () => undefined, stop: () => Promise.resolve() };
  const { reconcileStream: reconcile, askFirst, node: client, lease, writer } = vigia;
  const vitals = new ReadVitals(lease, writer);
  return { id, reconcile, askFirst, client, clockwork, vitals };
}
