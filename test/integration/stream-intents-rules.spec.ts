/** What a patch, a retry and a stop make of a stream: the same rules in Postgres and in its double. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  type ExpectedGenerations,
  type StreamPatch,
} from '#streaming/domain/ports/stream-changes.js';
import {
  type StreamEventRecord,
  type StreamRecord,
} from '#streaming/domain/ports/stream-repository.js';
import { type SourceUrl } from '#streaming/domain/source-url.js';
import { Stream } from '#streaming/domain/stream.js';
import { NODE_ID, aNewStream, aSource } from '#test/support/postgres/builders.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';
import { MemoryStore, PostgresStore, type StreamStore } from '#test/support/stream-stores.js';

const NOBODY = '0198c0de-0000-7000-8000-00000000ffff';
const OTHER_SECRET: SourceUrl = {
  url: aSource().url,
  secret: { ...aSource().secret, userInfo: 'admin:another' },
};
const NO_SECRET: SourceUrl = { url: aSource().url, secret: { userInfo: null, query: null } };

type Status = 'STARTING' | 'RUNNING' | 'ERROR';
type Row = readonly [from: Status, isDown: boolean, to: Status, reason: string | null];

const ELSEWHERE = aSource('10.0.0.2:554/main');
const WITH_SOURCE: readonly Row[] = [
  ['STARTING', false, 'STARTING', 'SOURCE_CHANGED'],
  ['RUNNING', false, 'STARTING', 'SOURCE_CHANGED'],
  ['ERROR', false, 'STARTING', 'SOURCE_CHANGED'],
  ['STARTING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['RUNNING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['ERROR', true, 'STARTING', 'NODE_UNREACHABLE'],
];
const WITHOUT_SOURCE: readonly Row[] = [
  ['STARTING', false, 'STARTING', 'SOURCE_CHANGED'],
  ['RUNNING', false, 'STARTING', 'SOURCE_CHANGED'],
  ['ERROR', false, 'ERROR', 'SOURCE_NO_MEDIA'],
  ['STARTING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['RUNNING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['ERROR', true, 'ERROR', 'SOURCE_NO_MEDIA'],
];
const RETRIED: readonly Row[] = [
  ['STARTING', false, 'STARTING', null],
  ['RUNNING', false, 'STARTING', 'RECONNECTING'],
  ['ERROR', false, 'STARTING', null],
  ['STARTING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['RUNNING', true, 'STARTING', 'NODE_UNREACHABLE'],
  ['ERROR', true, 'STARTING', 'NODE_UNREACHABLE'],
];

const asRows = (given: [string, StreamPatch, readonly Row[]][]): [string, StreamPatch, ...Row][] =>
  given.flatMap(([name, change, rows]) =>
    rows.map((row): [string, StreamPatch, ...Row] => [name, change, ...row]),
  );

describe.each<[string, () => Promise<StreamStore>]>([
  ['in Postgres', () => PostgresStore.open()],
  ['in memory', async () => new MemoryStore()],
])('%s', (_, open) => {
  let store: StreamStore;

  beforeAll(async () => {
    silentLogs();
    store = await open();
  });

  afterAll(() => store.close());

  /** A stream of that status, on a node that answers. */
  async function aStream(
    status: Status = 'STARTING',
    given: Parameters<typeof aNewStream>[0] = {},
  ): Promise<StreamRecord> {
    await store.nodeIsDown(false);
    const { id, path } = aNewStream();
    const cameraId = path.slice('cam/'.length);
    await store.streams.start(aNewStream({ id, cameraId, path, ...given }));
    const intent = await store.streams.intentFor(NODE_ID, path);
    if (intent === null) throw new Error('the stream is not there');
    const stream = new Stream(intent.state);
    if (status === 'RUNNING') stream.observedRunning();
    if (status === 'ERROR') stream.failed('SOURCE_NO_MEDIA');
    const change = stream.change();
    await store.streams.saveObserved(change === null ? [] : [change], null);
    return read(id);
  }

  async function read(id: string): Promise<StreamRecord> {
    const stream = await store.streams.findById(id);
    if (stream === null) throw new Error(`there is no stream ${id}`);
    return stream;
  }

  async function newestEvent(id: string): Promise<StreamEventRecord | undefined> {
    return (await store.streams.events(id, { limit: 1, beforeVersion: null }))?.[0];
  }

  async function versionOf({ path }: StreamRecord): Promise<number | undefined> {
    return (await store.streams.intentFor(NODE_ID, path))?.state.version;
  }

  const patch = (
    { id }: StreamRecord,
    change: StreamPatch,
    expected: ExpectedGenerations = null,
  ): ReturnType<StreamStore['streams']['patch']> => store.streams.patch(id, change, expected);

  describe('a patch', () => {
    it.each(
      asRows([
        ['the source', { source: ELSEWHERE }, WITH_SOURCE],
        ['only its password', { source: OTHER_SECRET }, WITH_SOURCE],
        ['source and transport', { source: ELSEWHERE, transport: 'udp' }, WITH_SOURCE],
        ['onDemand', { onDemand: true }, WITHOUT_SOURCE],
        ['the transport', { transport: 'udp' }, WITHOUT_SOURCE],
      ]),
    )(
      'of %s %j: %s (node down: %p) becomes %s %s',
      async (__, change, from, isDown, to, reason) => {
        const before = await aStream(from);
        const version = Number(await versionOf(before));
        await store.nodeIsDown(isDown);

        const outcome = await patch(before, change, [1]);

        expect(outcome).toMatchObject({
          kind: 'patched',
          effect: 'restart',
          previousStatus: from,
          stream: { status: to, reason, generation: 2, startedAt: before.startedAt },
        });
        expect(await versionOf(before)).toBe(version + 1);
        expect(await newestEvent(before.id)).toMatchObject({
          type: from === to ? 'stream.patched' : 'stream.status_changed',
          fromStatus: from,
          toStatus: to,
          reason,
          generation: 2,
          version: version + 1,
          data: { by: 'patch', changed: Object.keys(change) },
        });
      },
    );

    it('changes what it names and keeps the rest', async () => {
      const before = await aStream();

      await patch(before, { source: NO_SECRET, transport: 'udp' });

      expect(await read(before.id)).toMatchObject({
        sourceUrl: NO_SECRET.url,
        hasUserInfo: false,
        hasQuery: false,
        transport: 'udp',
        onDemand: before.onDemand,
        labels: before.labels,
        lastError: before.lastError,
      });
      const intent = await store.streams.intentFor(NODE_ID, before.path);
      expect(intent?.spec).toEqual({ source: NO_SECRET, transport: 'udp', onDemand: false });
    });

    it('of what is so already changes nothing', async () => {
      const before = await aStream('RUNNING', { labels: { site: 'north' } });
      const version = await versionOf(before);
      const change: StreamPatch = {
        source: aSource(),
        onDemand: false,
        transport: 'automatic',
        labels: { site: 'north', floor: null },
      };

      for (const given of [change, {}]) {
        expect(await patch(before, given, [1])).toEqual({
          kind: 'patched',
          effect: 'none',
          changed: [],
          previousStatus: 'RUNNING',
          stream: expect.objectContaining({ id: before.id, updatedAt: before.updatedAt }),
        });
      }
      expect(await versionOf(before)).toBe(version);
      expect(await newestEvent(before.id)).toMatchObject({ toStatus: 'RUNNING', version });
    });

    it.each<[string, StreamPatch['labels'], Record<string, string>]>([
      ['adds one', { floor: '2' }, { site: 'north', 'käfig "3"': "o'hara", floor: '2' }],
      ['changes one', { site: 'south' }, { site: 'south', 'käfig "3"': "o'hara" }],
      ['removes one', { site: null }, { 'käfig "3"': "o'hara" }],
      [
        'removes one that is not there',
        { gone: null, a: 'b' },
        { site: 'north', 'käfig "3"': "o'hara", a: 'b' },
      ],
      ['removes all', null, {}],
    ])('of labels %s', async (__, change, labels) => {
      const before = await aStream('RUNNING', { labels: { site: 'north', 'käfig "3"': "o'hara" } });
      const version = Number(await versionOf(before));

      const outcome = await patch(before, { labels: change }, [1]);

      expect(outcome).toMatchObject({ effect: 'none', changed: ['labels'], stream: { labels } });
      expect(await read(before.id)).toMatchObject({
        labels,
        status: 'RUNNING',
        reason: null,
        generation: 1,
      });
      expect(await versionOf(before)).toBe(version + 1);
      expect(await newestEvent(before.id)).toMatchObject({ version });
    });

    it('takes as many labels as a stream may have, counted after the merge', async () => {
      const labels = (count: number): Record<string, string> =>
        Object.fromEntries(Array.from({ length: count }, (___, index) => [`key-${index}`, 'v']));
      const before = await aStream('STARTING', { labels: { old: 'x' } });

      expect(await patch(before, { labels: labels(32) })).toEqual({ kind: 'too_many_labels' });
      expect((await read(before.id)).labels).toEqual({ old: 'x' });
      const swapped = await patch(before, { labels: { ...labels(32), old: null } });
      expect(swapped).toMatchObject({ stream: { labels: labels(32) } });
    });

    it('leaves a parked stream parked, unless it has a new source', async () => {
      const { id } = await aStream();
      await store.park(id);

      await store.streams.patch(id, { onDemand: true }, null);
      expect(await store.isParked(id)).toBe(true);
      await store.streams.patch(id, { labels: { a: 'b' } }, null);
      expect(await store.isParked(id)).toBe(true);
      await store.streams.patch(id, { source: ELSEWHERE, onDemand: false }, null);
      expect(await store.isParked(id)).toBe(false);
    });

    it('parks no stream that was parked some time ago', async () => {
      const { id } = await aStream();
      await store.park(id);
      await store.streams.patch(id, { source: ELSEWHERE }, null);

      await store.streams.patch(id, { onDemand: true }, null);

      expect(await store.isParked(id)).toBe(false);
    });
  });

  describe('a preview', () => {
    it.each<[StreamPatch, string, string[]]>([
      [
        { source: ELSEWHERE, onDemand: true, transport: 'udp', labels: null },
        'restart',
        ['source', 'onDemand', 'transport', 'labels'],
      ],
      [{ source: aSource(), labels: { site: 'south' } }, 'none', ['labels']],
      [{ transport: 'automatic', labels: { site: 'north' } }, 'none', []],
      [{}, 'none', []],
    ])('of %j decides as the patch does: %s %j', async (change, effect, changed) => {
      const before = await aStream('RUNNING', { labels: { site: 'north' } });

      const preview = await store.streams.previewPatch(before.id, change, [1]);

      expect(preview).toEqual({
        kind: 'previewed',
        nodeId: before.nodeId,
        path: before.path,
        effect,
        changed,
      });
      expect(await read(before.id)).toMatchObject({ generation: 1, labels: { site: 'north' } });
      expect(await patch(before, change)).toMatchObject({ effect, changed });
    });
  });

  describe('a retry', () => {
    it.each(RETRIED)('of %s (node down: %p) makes it %s %s', async (from, isDown, to, reason) => {
      const before = await aStream(from);
      const version = Number(await versionOf(before));
      await store.nodeIsDown(isDown);

      const outcome = await store.streams.retry(before.id, [1]);

      expect(outcome).toMatchObject({
        kind: 'retried',
        previousStatus: from,
        wasParked: false,
        stream: { status: to, reason, generation: 2, lastError: before.lastError },
      });
      expect(await newestEvent(before.id)).toMatchObject({
        type: from === to ? 'stream.retried' : 'stream.status_changed',
        fromStatus: from,
        toStatus: to,
        reason,
        generation: 2,
        version: version + 1,
        data: { by: 'retry' },
      });
    });

    it('keeps the reason of a stream that is starting', async () => {
      const stream = await aStream('RUNNING');
      await patch(stream, { source: ELSEWHERE });

      expect(await store.streams.retry(stream.id, null)).toMatchObject({
        stream: { status: 'STARTING', reason: 'SOURCE_CHANGED', generation: 3 },
      });
    });

    it('takes a parked stream back', async () => {
      const { id } = await aStream('ERROR');
      await store.park(id);

      expect(await store.streams.retry(id, null)).toMatchObject({ wasParked: true });
      expect(await store.isParked(id)).toBe(false);
    });
  });

  it('every change is refused alike, and then nothing is written', async () => {
    const [active, gone] = [await aStream('RUNNING'), await aStream()];
    await store.streams.stop(gone.id);
    const change: StreamPatch = { source: ELSEWHERE, labels: { a: 'b' } };
    const asked = [
      (id: string, expected: ExpectedGenerations) => store.streams.patch(id, change, expected),
      (id: string, expected: ExpectedGenerations) =>
        store.streams.previewPatch(id, change, expected),
      (id: string, expected: ExpectedGenerations) => store.streams.retry(id, expected),
    ];
    for (const ask of asked) {
      expect(await ask(NOBODY, [1])).toEqual({ kind: 'not_found' });
      expect(await ask(gone.id, [1])).toEqual({ kind: 'stopped' });
      expect(await ask(active.id, [2, 3])).toEqual({ kind: 'stale', generation: 1 });
      expect(await ask(active.id, [])).toEqual({ kind: 'stale', generation: 1 });
    }
    expect(await read(active.id)).toEqual(active);
    expect(await newestEvent(active.id)).toMatchObject({ toStatus: 'RUNNING' });
  });

  it('a stop of another generation is refused, and of what is stopped is done already', async () => {
    const { id } = await aStream('RUNNING');

    expect(await store.streams.stop(id, [2])).toEqual({ kind: 'stale', generation: 1 });
    expect(await store.streams.stop(id, [2, 1])).toMatchObject({ hasStopped: true });
    expect(await store.streams.stop(id, [1])).toMatchObject({
      kind: 'stopped',
      hasStopped: false,
      stream: { status: 'STOPPED', generation: 2 },
    });
    expect(await store.streams.stop(NOBODY, [1])).toEqual({ kind: 'not_found' });
  });
});
