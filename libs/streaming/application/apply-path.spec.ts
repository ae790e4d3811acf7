import { beforeEach, describe, expect, it } from '@jest/globals';

import { streamId } from '#test/support/streaming/a-stream.js';
import { ControlPlane, SETTINGS, aStart, onNode } from '#test/support/streaming/control-plane.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

import { ApplyPath, type PathResult } from './apply-path.js';
import { JudgeRefusal } from './judge-refusal.js';
import { SaveObserved } from './save-observed.js';
import { type WriteJob } from './write-queue.js';

const PATH = 'cam/gate-3';
const ID = streamId(7);
const OTHER_SOURCE = {
  url: 'rtsp://192.168.1.21:554/stream1',
  secret: { userInfo: null, query: null },
};

let logs = silentLogs();
let vigia: ControlPlane;
let apply: ApplyPath;

beforeEach(() => {
  logs = silentLogs();
  vigia = new ControlPlane();
  apply = new ApplyPath(
    vigia.streams,
    vigia.node,
    vigia.memory,
    vigia.state,
    new JudgeRefusal(vigia.node, vigia.state, SETTINGS),
    new SaveObserved(vigia.streams, vigia.announce, vigia.signals, vigia.metrics),
    SETTINGS,
    vigia.clock,
  );
});

function run(given: Partial<WriteJob> = {}): Promise<PathResult> {
  return apply.execute({
    path: PATH,
    priority: 'background',
    mayRemoveUnknown: false,
    onlyWhilePoisoned: false,
    mustRestart: false,
    lookedAtMs: Number.POSITIVE_INFINITY,
    ...given,
  });
}

async function wanted(onDemand = false): Promise<void> {
  await vigia.streams.start({
    ...aStart(),
    id: ID,
    places: onNode('default'),
    path: PATH,
    onDemand,
  });
}

/** Once, and before what was read is sent. */
function afterReadingTheIntent(happens: () => Promise<void>): void {
  const replace = vigia.node.replace.bind(vigia.node);
  vigia.node.replace = async (path, spec) => {
    vigia.node.replace = replace;
    await happens();
    return replace(path, spec);
  };
}

async function stopped(): Promise<void> {
  await wanted();
  await vigia.streams.stop(ID);
}

describe('ApplyPath', () => {
  it('puts a wanted path on the node as its row describes it', async () => {
    await wanted();
    expect(await run()).toMatchObject({ kind: 'applied', state: { id: ID }, hasDialled: true });
    const { source, onDemand, transport } = aStart();
    expect(vigia.node.specOf(PATH)).toEqual({ source, onDemand, transport });
  });

  it('dials no camera that is pulled on demand', async () => {
    await wanted(true);
    expect(await run()).toMatchObject({ kind: 'applied', hasDialled: false });
  });

  it('removes a path whose stream was stopped, also when it is gone already', async () => {
    await stopped();
    vigia.node.put(PATH);
    expect(await run()).toMatchObject({ kind: 'removed', state: { id: ID }, hasDialled: false });
    expect(vigia.node.names).toEqual([]);
    expect(await run()).toMatchObject({ kind: 'removed' });
  });

  it('leaves a path alone that no row speaks of, unless it may be removed', async () => {
    vigia.node.put(PATH);
    expect(await run()).toEqual({ kind: 'skipped', hasDialled: false });
    expect(vigia.node.names).toEqual([PATH]);
    expect(await run({ mayRemoveUnknown: true })).toMatchObject({ kind: 'removed', state: null });
    expect(vigia.node.names).toEqual([]);
  });

  it('does what the newest row wants, though a removal was asked for', async () => {
    await stopped();
    await vigia.streams.start({
      ...aStart(),
      id: streamId(8),
      places: onNode('default'),
      path: PATH,
    });
    expect(await run({ mayRemoveUnknown: true })).toMatchObject({
      kind: 'applied',
      state: { id: streamId(8) },
    });
  });

  it('sends what is wanted now when what it sent was long on its way', async () => {
    await wanted();
    const { source } = aStart('gate-3', { source: OTHER_SOURCE });
    // Frozen between reading the intent and sending it; another replica goes on meanwhile.
    afterReadingTheIntent(async () => {
      await vigia.clock.advance(30_000);
      await vigia.streams.stop(ID);
      const next = { ...aStart(), source, id: streamId(8), places: onNode('default'), path: PATH };
      await vigia.streams.start(next);
    });
    expect(await run()).toMatchObject({ kind: 'applied', state: { id: streamId(8) } });
    expect(vigia.node.specOf(PATH)?.source).toEqual(source);
  });

  it('takes away what it has put on the node after its end', async () => {
    await wanted();
    afterReadingTheIntent(async () => {
      await vigia.clock.advance(30_000);
      await vigia.streams.stop(ID);
    });
    expect(await run()).toMatchObject({ kind: 'removed' });
    expect(vigia.node.names).toEqual([]);
  });

  it('sends it once when it was long on its way and is still wanted', async () => {
    await wanted();
    afterReadingTheIntent(() => vigia.clock.advance(30_000));
    expect(await run()).toMatchObject({ kind: 'applied', state: { id: ID } });
    expect(vigia.node.writes).toHaveLength(1);
  });

  it('leaves out what was planned on a look that a write has overtaken', async () => {
    await wanted();
    const lookedAtMs = vigia.clock.monotonicMs();
    await vigia.clock.advance(100);
    await run({ priority: 'interactive' });
    expect(await run({ lookedAtMs })).toMatchObject({ kind: 'skipped' });
    expect(vigia.node.writes).toHaveLength(1);
    await vigia.clock.advance(100);
    expect(await run({ lookedAtMs: vigia.clock.monotonicMs() })).toMatchObject({ kind: 'applied' });
  });

  it('throws no background work at a node that just failed, and tells an interactive caller', async () => {
    await wanted();
    vigia.state.lookFailed('connection refused', vigia.clock.monotonicMs());
    expect(await run()).toEqual({ kind: 'skipped', hasDialled: false });
    expect(await run({ priority: 'interactive' })).toMatchObject({
      kind: 'unknown',
      state: { id: ID },
      cause: 'the node is down',
    });
    expect(vigia.node.writes).toEqual([]);
  });

  it('tells an interactive caller of a path without a row nothing about a stream', async () => {
    vigia.state.lookFailed('connection refused', vigia.clock.monotonicMs());
    expect(await run({ priority: 'interactive' })).toMatchObject({ kind: 'unknown', state: null });
  });

  it('notes that the node failed when a write is not answered, and that it answers again', async () => {
    await wanted();
    vigia.node.answerNext('unknown');
    expect(await run()).toMatchObject({ kind: 'unknown', state: { id: ID }, hasDialled: false });
    expect(vigia.state.conditions.writeCause).not.toBeNull();
    await vigia.clock.advance(5_000);
    await run({ priority: 'interactive' });
    expect(vigia.state.conditions.writeCause).toBeNull();
  });

  it('skips a sweep of a node that was healed meanwhile', async () => {
    await wanted();
    expect(await run({ onlyWhilePoisoned: true })).toEqual({ kind: 'skipped', hasDialled: false });
    vigia.state.poisoned();
    expect(await run({ onlyWhilePoisoned: true })).toMatchObject({ kind: 'applied' });
    expect(vigia.state.isPoisoned).toBe(false);
  });

  it('takes the refusal of a removal for poison: it has no body to blame', async () => {
    await stopped();
    vigia.node.put(PATH);
    vigia.node.poisonedBy = 'lobby';
    expect(await run()).toMatchObject({ kind: 'unknown', state: { id: ID } });
    expect(vigia.state.isPoisoned).toBe(true);
  });

  it('blames a refused body once, however often it is refused', async () => {
    await wanted();
    vigia.node.refusedPaths.add(PATH);
    expect(await run()).toMatchObject({ kind: 'refused', hasDialled: false });
    expect(await run()).toMatchObject({ kind: 'refused' });
    expect(vigia.storyOf({ id: ID })).toEqual(['new→STARTING', 'STARTING→ERROR MEDIAMTX_REJECTED']);
  });

  it('blames nothing that the node takes at the second try, or does not answer', async () => {
    await wanted();
    vigia.node.answerNext('rejected');
    expect(await run()).toMatchObject({ kind: 'applied', hasDialled: true });
    vigia.node.answerNext('rejected', 'unknown');
    expect(await run()).toMatchObject({ kind: 'unknown', state: { id: ID } });
    expect(vigia.storyOf({ id: ID })).toEqual(['new→STARTING']);
  });

  it('survives a database that is down, and says that the tick tries again', async () => {
    vigia.streams.isDown = true;
    expect(await run()).toEqual({
      kind: 'unknown',
      state: null,
      cause: 'the database did not answer',
      hasDialled: false,
    });
    expect(sentences(logs, 'warn')).toEqual([expect.stringContaining('the next tick tries again')]);
  });
});
