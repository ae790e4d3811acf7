/** On which node a start lands: one set of rules, for the table and for its double. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Place, type StartOutcome } from '#streaming/domain/ports/stream-repository.js';
import { Stream } from '#streaming/domain/stream.js';
import { aNewStream } from '#test/support/postgres/builders.js';
import { MemoryStore, PostgresStore, type StreamStore } from '#test/support/stream-stores.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

silentLogs();

describe.each([
  ['in memory', async (): Promise<StreamStore> => new MemoryStore()],
  ['in Postgres', (): Promise<StreamStore> => PostgresStore.open()],
])('placement %s', (_where, open) => {
  let store: StreamStore;
  let nodes = 0;

  beforeAll(async () => {
    store = await open();
  });

  afterAll(() => store.close());

  /** Nodes that no other test uses, named so that the first one is the first by id. */
  async function places(...capacities: (number | null)[]): Promise<Place[]> {
    nodes += 1;
    const made = capacities.map((capacity, index) => ({
      nodeId: `n${nodes}-${'abc'.charAt(index)}`,
      capacity,
    }));
    await store.hasNodes(made.map(({ nodeId }) => nodeId));
    return made;
  }

  const start = (among: readonly Place[], cameraId?: string): Promise<StartOutcome> =>
    store.streams.start(
      aNewStream({ places: among, ...(cameraId === undefined ? {} : { cameraId }) }),
    );

  async function started(among: readonly Place[], cameraId?: string) {
    const outcome = await start(among, cameraId);
    if (outcome.kind !== 'started') throw new Error(outcome.kind);
    return outcome.stream;
  }

  /** The letter of the node. */
  const placed = async (among: readonly Place[], cameraId?: string): Promise<string> =>
    (await started(among, cameraId)).nodeId.slice(-1);

  /** As when the node has let the path go. */
  async function removed(nodeId: string): Promise<void> {
    const rows = await store.streams.workingSet(nodeId, 0);
    const changes = rows.flatMap((state) => {
      const stream = new Stream(state);
      if (state.removalPending) stream.removed();
      return stream.change() ?? [];
    });
    await store.streams.saveObserved(changes, null);
  }

  it('goes to the node with most room, and of equals to the first by id', async () => {
    const among = await places(2, 3);
    const letters = [];
    for (let index = 0; index < 5; index += 1) letters.push(await placed(among));
    expect(letters).toEqual(['b', 'a', 'b', 'a', 'b']);
  });

  it('stays with the last node of its camera while that has room', async () => {
    const among = await places(1, 100);
    const cameraId = `camera of ${among[0]?.nodeId ?? ''}`;
    const { id, nodeId } = await started(among.slice(0, 1), cameraId);
    await store.streams.stop(id);
    // Its own path, which is still to be removed, takes no room away from it.
    expect((await started(among, cameraId)).nodeId).toBe(nodeId);
  });

  it('goes elsewhere once its last node is full, or not configured any more', async () => {
    const among = await places(1, 100, 50);
    const [a, b, c] = among;
    const cameraId = `camera of ${a?.nodeId ?? ''}`;
    const first = await started([a!], cameraId);
    await store.streams.stop(first.id);
    await removed(first.nodeId);
    await started([a!]);
    const second = await started(among, cameraId);
    expect(second.nodeId).toBe(b?.nodeId);
    await store.streams.stop(second.id);
    expect((await started([a!, c!], cameraId)).nodeId).toBe(c?.nodeId);
  });

  it('counts what is still to be removed, and no longer what is gone', async () => {
    const among = await places(1);
    const { id, nodeId } = await started(among);
    await store.streams.stop(id);
    expect(await start(among)).toEqual({ kind: 'no_room' });
    await removed(nodeId);
    expect(await start(among)).toMatchObject({ kind: 'started' });
  });

  it('stores nothing when every node is full, and says first that a camera is busy', async () => {
    const among = await places(1, 0);
    const { id, cameraId } = await started(among);
    const refused = aNewStream({ places: among });
    expect(await store.streams.start(refused)).toEqual({ kind: 'no_room' });
    expect(await store.streams.findById(refused.id)).toBeNull();
    expect(await store.streams.list({ cameraId: refused.cameraId }, FIRST)).toEqual([]);
    expect(await start(among, cameraId)).toEqual({ kind: 'busy', activeStreamId: id });
  });

  it('prefers a node without a limit to any other', async () => {
    expect(await placed(await places(1_000, null))).toBe('b');
  });

  it('gives a camera one active stream, however many start it at once', async () => {
    const among = await places(100, 100);
    const cameraId = `camera of ${among[0]?.nodeId ?? ''}`;
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => start(among, cameraId)));
    expect(outcomes.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
  });

  it('overshoots by no more than what starts at the same moment', async () => {
    const among = await places(5, 5);
    for (let index = 0; index < 9; index += 1) await started(among);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => start(among)));
    const more = outcomes.filter(({ kind }) => kind === 'started').length;
    expect(more).toBeGreaterThanOrEqual(1);
    expect(more).toBeLessThanOrEqual(8);
    expect(await start(among)).toEqual({ kind: 'no_room' });
  });
});

const FIRST = { limit: 10, beforeId: null };
