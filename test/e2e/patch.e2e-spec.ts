/** `PATCH /api/streams/{id}` over the simulator: what it costs the node, who wins, what is refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type PatchPreviewBody } from '#streaming/http/patch.schema.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiAnswer, secretSource } from '#test/support/api/api-client.js';
import { eventually } from '#test/support/eventually.js';
import { type ExpectedProblem, expectProblem } from '#test/support/http/expect-problem.js';
import { WrittenRows } from '#test/support/postgres/written-rows.js';
import { PATIENT, TestSite } from '#test/support/site/test-site.js';

import { CANARY } from '../support/canary/canary.mjs';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const ELSEWHERE = secretSource('127.0.0.1:9/other');

let node: MediaMtxSimulator;
let site: TestSite;

beforeAll(async () => {
  node = await MediaMtxSimulator.start();
  site = await TestSite.open(node);
});

afterAll(async () => {
  await site.close();
  await node.stop();
});

interface PatchOptions {
  readonly ifMatch?: string | null;
  readonly query?: string;
  readonly contentType?: string;
}

function patch<T = StreamBody>(
  id: string,
  body: unknown,
  { ifMatch = '*', query = '', contentType = 'application/json' }: PatchOptions = {},
): Promise<ApiAnswer<T>> {
  const headers = {
    'content-type': contentType,
    ...(ifMatch === null ? {} : { 'if-match': ifMatch }),
  };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return site.api.client.send('PATCH', `/api/streams/${id}${query}`, { headers, body: text });
}

/** What the node was told last about the path of a stream. */
async function configOf({ path }: StreamBody): Promise<Record<string, unknown>> {
  return (await site.control.config(path)).json;
}

describe('a patch of labels', () => {
  it('is answered at once, and neither the node nor the status hears of it', async () => {
    const stream = await site.running({ labels: { site: 'north', floor: '1' } });
    const mark = site.journal.mark();

    const { status, body, headers } = await patch(
      stream.id,
      { labels: { floor: null, gate: '3' } },
      { ifMatch: '"1"', contentType: 'application/merge-patch+json' },
    );

    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({
      labels: { site: 'north', gate: '3' },
      status: 'RUNNING',
      reason: null,
      generation: 1,
    });
    await site.expectCalm();
    expect(site.journal.writesSince(mark)).toEqual([]);
    expect(await site.story(stream.id)).toEqual(['new → STARTING', 'STARTING → RUNNING']);
  });

  it('wins beside another one under the same ETag', async () => {
    const { id } = await site.running();

    const answers = await Promise.all(
      ['a', 'b', 'c'].map((key) => patch(id, { labels: { [key]: 'v' } }, { ifMatch: '"1"' })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { labels } = await site.api.client.stream(id);
    expect(labels).toEqual({ a: 'v', b: 'v', c: 'v' });
  });
});

describe('a patch of the source', () => {
  it('costs the node one replace; the stream runs again under its old URLs', async () => {
    const stream = await site.running();
    const mark = site.journal.mark();

    const { status, body, headers } = await patch(
      stream.id,
      { source: ELSEWHERE },
      { ifMatch: '"1"' },
    );

    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"2"');
    expect(body).toMatchObject({
      id: stream.id,
      source: 'rtsp://***:***@127.0.0.1:9/other?***',
      status: 'STARTING',
      reason: 'SOURCE_CHANGED',
      generation: 2,
      playback: stream.playback,
    });
    expect(JSON.stringify(body)).not.toContain(CANARY);
    await site.expectMended(mark, [`replace ${stream.path}`]);
    expect(await configOf(stream)).toMatchObject({ source: ELSEWHERE });
    expect(await site.story(stream.id)).toEqual([
      'new → STARTING',
      'STARTING → RUNNING',
      'RUNNING → STARTING',
      'STARTING → RUNNING',
    ]);
    const events = await site.api.client.events(stream.id);
    expect(events[2]).toMatchObject({
      reason: 'SOURCE_CHANGED',
      data: { by: 'patch', changed: ['source'] },
    });
  });

  it('to what it is already costs nothing, and writes nothing', async () => {
    const stream = await site.running();
    const [mark, rows] = [site.journal.mark(), await WrittenRows.since(site.database)];

    const same = await patch(stream.id, { source: site.source, onDemand: false });
    const nothing = await patch(stream.id, {});

    expect([same, nothing].map(({ status, body }) => [status, body.generation])).toEqual([
      [200, 1],
      [200, 1],
    ]);
    expect(await rows.count()).toBe(0);
    await site.expectCalm();
    expect(site.journal.writesSince(mark)).toEqual([]);
  });

  it('has exactly one winner under one ETag; the other is told what there is now', async () => {
    const stream = await site.running();
    const sources = ['10.0.1.1:554/a', '10.0.1.2:554/b'].map((host) => secretSource(host));

    const answers = await Promise.all(
      sources.map((source) => patch(stream.id, { source }, { ifMatch: '"1"' })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const lost = answers.find(({ status }) => status === 412)!;
    const problem = expectProblem(lost, { status: 412, code: 'stream.precondition_failed' });
    expect(problem.generation).toBe(2);
    const winner = sources[answers.findIndex(({ status }) => status === 200)];
    await site.expectAsWanted();
    expect(await configOf(stream)).toMatchObject({ source: winner });
  });

  it('is kept while the node is down, says so, and is applied when it is back', async () => {
    const stream = await site.running();
    await node.kill();
    const { status } = await patch(stream.id, { source: ELSEWHERE, transport: 'udp' });
    expect(status).toBe(200);
    await eventually(async () => {
      expect(await site.api.client.stream(stream.id)).toMatchObject({
        status: 'STARTING',
        generation: 2,
      });
    }, PATIENT);

    await node.revive();
    await site.expectAsWanted();
    expect(await configOf(stream)).toMatchObject({ source: ELSEWHERE, rtspTransport: 'udp' });
  });

  it('leaves neither an old nor a new credential in the log', () => {
    expect(site.api.logs).not.toContain(CANARY);
    expect(site.api.logs).not.toContain('127.0.0.1:9');
  });
});

describe('a dry run', () => {
  const preview = (id: string, body: unknown): Promise<ApiAnswer<PatchPreviewBody>> =>
    patch<PatchPreviewBody>(id, body, { query: '?dryRun=true', ifMatch: '"1"' });

  it('tells what would happen and to whom, and writes nothing', async () => {
    const stream = await site.running();
    node.setReaders(stream.path, 2);
    const [mark, rows] = [site.journal.mark(), await WrittenRows.since(site.database)];

    const restart = await preview(stream.id, { source: ELSEWHERE, labels: { a: 'b' } });
    const none = await preview(stream.id, { labels: { a: 'b' } });

    expect([restart.status, restart.body]).toEqual([
      200,
      { effect: 'restart', viewers: 2, changed: ['source', 'labels'] },
    ]);
    expect(none.body).toEqual({ effect: 'none', viewers: 0, changed: ['labels'] });
    expect(await rows.count()).toBe(0);
    expect(site.journal.writesSince(mark)).toEqual([]);
    expect(await site.api.client.stream(stream.id)).toMatchObject({ generation: 1, labels: {} });
  });

  it('knows of no viewers while the node does not answer', async () => {
    const stream = await site.running();
    await node.kill();
    expect((await preview(stream.id, { onDemand: true })).body).toEqual({
      effect: 'restart',
      viewers: null,
      changed: ['onDemand'],
    });
    await node.revive();
    await site.expectAsWanted();
  });

  it('is refused where the patch would be', async () => {
    const stopped = await site.running();
    await site.api.client.stop(stopped.id);

    expectProblem(await preview(NOBODY, {}), { status: 404, code: 'stream.not_found' });
    expectProblem(await preview(stopped.id, {}), { status: 409, code: 'stream.stopped' });
    const { id } = await site.running();
    const stale = await patch(id, {}, { query: '?dryRun=true', ifMatch: '"7"' });
    expectProblem(stale, { status: 412, code: 'stream.precondition_failed' });
  });
});

describe('a refused patch', () => {
  const BAD_ETAG = { status: 400, code: 'request.malformed_if_match', pointers: ['If-Match'] };
  const BAD_ID = { status: 400, code: 'request.malformed_id', pointers: ['id'] };
  const MALFORMED = { status: 400, code: 'request.malformed' };
  const REQUIRED = { status: 428, code: 'request.if_match_required' };
  const stale = { status: 412, code: 'stream.precondition_failed' };
  const invalid = (...pointers: string[]): ExpectedProblem => ({
    status: 422,
    code: 'request.invalid',
    pointers,
  });
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, 'v']));
  let active: StreamBody;
  let stopped: StreamBody;

  beforeAll(async () => {
    [active, stopped] = await Promise.all([site.running(), site.running()]);
    await site.api.client.stop(stopped.id);
    await site.expectAsWanted();
  });

  it.each<[string, unknown, PatchOptions, ExpectedProblem]>([
    ['without If-Match', {}, { ifMatch: null }, REQUIRED],
    ['without If-Match, with a broken body', '{', { ifMatch: null }, REQUIRED],
    [
      'without If-Match, with an unknown type',
      '{}',
      { ifMatch: null, contentType: 'x/y' },
      REQUIRED,
    ],
    ['without If-Match, with a large body', ' '.repeat(70_000), { ifMatch: null }, REQUIRED],
    ['with an empty If-Match', {}, { ifMatch: '' }, BAD_ETAG],
    ['with a bare If-Match', {}, { ifMatch: '1' }, BAD_ETAG],
    ['with a bare If-Match and wrong values', { source: 7 }, { ifMatch: '1' }, BAD_ETAG],
    ['with a broken body', '{', {}, MALFORMED],
    ['with a broken body of a stale tag', '{', { ifMatch: '"7"' }, MALFORMED],
    [
      'as plain text',
      '{}',
      { contentType: 'text/plain' },
      { status: 400, code: 'request.unsupported_media_type' },
    ],
    ['with an unknown field', { path: 'x', labels: {} }, {}, invalid('/path')],
    ['with another camera', { cameraId: 'gate-4' }, {}, invalid('/cameraId')],
    [
      'with nulls',
      { source: null, onDemand: null, transport: null },
      {},
      invalid('/source', '/onDemand', '/transport'),
    ],
    ['with a wrong source', { source: `ftp://u:${CANARY}@h/` }, {}, invalid('/source')],
    ['with a wrong label', { labels: { a: 7 } }, {}, invalid('/labels/a')],
    ['with a list', [], {}, invalid('')],
    ['with a wrong dryRun', {}, { query: '?dryRun=yes' }, invalid('dryRun')],
    ['with an unknown parameter', {}, { query: '?force=1' }, invalid('force')],
    ['with wrong values of a stale tag', { source: 7 }, { ifMatch: '"7"' }, invalid('/source')],
    ['of a stale tag', { source: ELSEWHERE }, { ifMatch: '"7"' }, stale],
    ['of labels of a stale tag', { labels: { a: 'b' } }, { ifMatch: '"7"' }, stale],
    ['of a weak tag', {}, { ifMatch: 'W/"1"' }, stale],
    ['of a tag that is none of ours', {}, { ifMatch: '"abc", "01"' }, stale],
    [
      'with too many labels',
      { labels: many },
      {},
      { status: 422, code: 'stream.too_many_labels', pointers: ['/labels'] },
    ],
    ['with too many labels of a stale tag', { labels: many }, { ifMatch: '"7"' }, stale],
  ])('%s', async (_, body, options, expected) => {
    expectProblem(await patch(active.id, body, options), expected);
    expect(await site.api.client.stream(active.id)).toEqual(
      expect.objectContaining({ generation: 1, labels: {}, updatedAt: active.updatedAt }),
    );
  });

  it.each<[string, () => string, PatchOptions, ExpectedProblem]>([
    ['to a malformed id', () => 'x', {}, BAD_ID],
    ['to a malformed id, without If-Match', () => 'x', { ifMatch: null }, REQUIRED],
    ['to an unknown id, without If-Match', () => NOBODY, { ifMatch: null }, REQUIRED],
    ['to an unknown id', () => NOBODY, {}, { status: 404, code: 'stream.not_found' }],
    ['to a stopped stream', () => stopped.id, {}, { status: 409, code: 'stream.stopped' }],
    [
      'to a stopped stream, of a stale tag',
      () => stopped.id,
      { ifMatch: '"9"' },
      { status: 409, code: 'stream.stopped' },
    ],
  ])('%s', async (_, idOf, options, expected) => {
    expectProblem(await patch(idOf(), {}, options), expected);
  });

  it('with wrong values to a malformed id is told of the id', async () => {
    expectProblem(await patch('x', { source: 7 }), BAD_ID);
  });

  it('says of the camera what to do instead', async () => {
    const { errors } = expectProblem(
      await patch(active.id, { cameraId: 'gate-4' }),
      invalid('/cameraId'),
    );
    expect(errors?.[0]?.message).toMatch(/stop this stream and start the other camera/);
  });
});
