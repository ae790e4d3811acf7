/**
 * Between the listing of a node and the reading of the rows another replica may accept, and carry
 * out, whatever callers ask for: the look does not know of it, and must not be held against it.
 */
import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { type SourceUrl, parseSourceUrl } from '../domain/source-url.js';

const PATH = 'cam/gate-3';
const STARTED = ['new→STARTING', 'STARTING→RUNNING'];
/** Enough for a follower to see media flow, or a path gone. */
const SETTLED_MS = 2_000;

silentLogs();

let vigia: ControlPlane;
let other: ControlPlane;

beforeEach(() => {
  vigia = new ControlPlane();
  other = new ControlPlane({}, vigia.world, 'vigia-2:3000');
});

/** Once, after the first of a tick's two questions was answered and before the second is asked. */
function inBetween(happens: () => Promise<unknown>): void {
  const { node, streams } = vigia.world;
  const look = node.look.bind(node);
  const workingSet = streams.workingSet.bind(streams);
  let isFirst = true;
  const then = async <T>(answer: Promise<T>): Promise<T> => {
    const answered = await answer;
    if (isFirst) {
      isFirst = false;
      await vigia.clock.advance(100);
      await happens();
    }
    return answered;
  };
  node.look = () => then(look());
  streams.workingSet = (...of) => then(workingSet(...of));
}

/** What was written to the node by a tick that `happens` in the middle of. */
async function writesOfTick(happens: () => Promise<unknown>): Promise<string[]> {
  const before = vigia.node.writes.length;
  inBetween(happens);
  await vigia.tick();
  return vigia.node.writes.slice(before).map(({ verb }) => verb);
}

function newSource(): { source: SourceUrl } {
  const parsed = parseSourceUrl('rtsp://10.0.0.7:554/new');
  if (!parsed.ok) throw new Error(parsed.problem);
  return { source: parsed.source };
}

describe('list-before-select: what another replica did in between', () => {
  it('a start that runs already is neither written again nor called lost', async () => {
    const writes = await writesOfTick(async () => {
      await other.start();
      await vigia.clock.advance(SETTLED_MS);
    });
    expect(writes).toEqual(['replace']);

    await vigia.run(15_000);
    const [stream] = await vigia.streams.list({}, { limit: 9, beforeId: null });
    expect(vigia.storyOf(stream!)).toEqual(STARTED);
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('a stop is not undone, and nothing is said of it', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    const writes = await writesOfTick(async () => {
      await other.stop(stream.id);
      await vigia.clock.advance(SETTLED_MS);
    });
    expect(writes).not.toContain('replace');

    await vigia.run(15_000);
    expect(vigia.node.names).toEqual([]);
    expect(vigia.storyOf(stream)).toEqual([...STARTED, 'RUNNING→STOPPED REMOVAL_PENDING']);
    expect(vigia.stateOf(stream)).toMatchObject({ removalPending: false });
  });

  it('a stop of a stream whose path was lost is no reason to bring that path back, or to act at all', async () => {
    const stream = await vigia.start();
    await vigia.run(10_000);
    vigia.node.forgetAll();
    const writes = await writesOfTick(async () => {
      await other.stop(stream.id);
      await vigia.clock.advance(SETTLED_MS);
    });
    expect(writes).toEqual(['remove']);
    expect(vigia.storyOf(stream)).toEqual([...STARTED, 'RUNNING→STOPPED REMOVAL_PENDING']);
  });

  it('a camera that was stopped and started again keeps its new path', async () => {
    const before = await vigia.start();
    await vigia.run(10_000);
    const writes = await writesOfTick(async () => {
      await other.stop(before.id);
      await other.start('gate-3', newSource());
      await vigia.clock.advance(SETTLED_MS);
    });
    expect(writes).toEqual(['remove', 'replace']);

    await vigia.run(15_000);
    const [after] = await vigia.streams.list({}, { limit: 1, beforeId: null });
    expect(vigia.storyOf(after!)).toEqual(STARTED);
    expect(vigia.node.specOf(PATH)).toMatchObject(newSource());
  });
});

describe('list-before-select: a removal that was pending before the look', () => {
  it('does not take the path of a start that is newer than the look', async () => {
    const before = await vigia.start();
    await vigia.run(10_000);
    vigia.node.answerNext('unknown');
    await vigia.stop(before.id);
    await vigia.clock.advance(TICK_MS);
    expect(vigia.node.names).toEqual([PATH]);

    const writes = await writesOfTick(async () => {
      await other.start('gate-3', newSource());
    });
    expect(writes).not.toContain('remove');

    await vigia.run(15_000);
    const [after] = await vigia.streams.list({}, { limit: 1, beforeId: null });
    expect(vigia.storyOf(after!)).toEqual(STARTED);
    expect(vigia.node.specOf(PATH)).toMatchObject(newSource());
    expect(vigia.stateOf(before)).toMatchObject({ removalPending: false });
  });
});
