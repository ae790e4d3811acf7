/** `POST /api/streams/{id}/retry`, and `If-Match` on it and on a stop. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiAnswer, secretSource } from '#test/support/api/api-client.js';
import { eventually } from '#test/support/eventually.js';
import { expectProblem } from '#test/support/http/expect-problem.js';
import { PATIENT, TestSite } from '#test/support/site/test-site.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const stale = { status: 412, code: 'stream.precondition_failed' };

let node: MediaMtxSimulator;
let site: TestSite;

beforeAll(async () => {
  node = await MediaMtxSimulator.start();
  site = await TestSite.open(node, { env: { SOURCE_DEADLINE_MS: '1000' } });
});

afterAll(async () => {
  await site.close();
  await node.stop();
});

function ask(verb: 'retry' | 'stop', id: string, ifMatch?: string): Promise<ApiAnswer<StreamBody>> {
  const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
  return site.api.client.send('POST', `/api/streams/${id}/${verb}`, { headers });
}

async function failing(): Promise<StreamBody> {
  node.setSource(/repaired/, 'dead');
  const camera = site.newCamera();
  const { body } = await site.api.client.start(camera, secretSource('127.0.0.1:9/repaired'));
  return eventually(async () => {
    const stream = await site.api.client.stream(body.id);
    expect(stream).toMatchObject({ status: 'ERROR', reason: 'SOURCE_NO_MEDIA' });
    return stream;
  }, PATIENT);
}

describe('a retry', () => {
  it('leads out of ERROR at once, needs no body, and writes the path', async () => {
    const { id, path } = await failing();
    const mark = site.journal.mark();

    const { status, body, headers } = await ask('retry', id);

    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"2"');
    expect(body).toMatchObject({
      status: 'STARTING',
      reason: null,
      error: null,
      lastError: { code: 'SOURCE_NO_MEDIA' },
      generation: 2,
    });
    await eventually(() => {
      expect(site.journal.writesSince(mark)).toContain(`replace ${path}`);
    }, PATIENT);
    node.setSource(/repaired/, 'live');
    await site.expectAsWanted();
    const events = await site.api.client.events(id);
    expect(events.find(({ generation }) => generation === 2)).toMatchObject({
      type: 'stream.status_changed',
      fromStatus: 'ERROR',
      toStatus: 'STARTING',
      data: { by: 'retry' },
    });
  });

  it('is refused with a reason', async () => {
    const stopped = await site.running();
    await ask('stop', stopped.id);
    const { id } = await site.running();

    expectProblem(await ask('retry', NOBODY), { status: 404, code: 'stream.not_found' });
    expectProblem(await ask('retry', 'x'), {
      status: 400,
      code: 'request.malformed_id',
      pointers: ['id'],
    });
    expectProblem(await ask('retry', id, '1'), {
      status: 400,
      code: 'request.malformed_if_match',
      pointers: ['If-Match'],
    });
    expectProblem(await ask('retry', stopped.id), { status: 409, code: 'stream.stopped' });
    expect(expectProblem(await ask('retry', id, '"2"'), stale).generation).toBe(1);
    expect((await site.api.client.stream(id)).generation).toBe(1);
  });

  it('of one generation is made once, however many ask', async () => {
    const { id } = await failing();

    const answers = await Promise.all([ask('retry', id, '"1"'), ask('retry', id, '"1"')]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await site.api.client.stream(id)).generation).toBe(2);
    node.setSource(/repaired/, 'live');
    await site.expectAsWanted();
  });
});

describe('a stop', () => {
  it('of another generation is refused, and of this one is made', async () => {
    const { id } = await site.running();

    expectProblem(await ask('stop', id, '"7"'), stale);
    expectProblem(await ask('stop', id, 'W/"1"'), stale);
    expect((await site.api.client.stream(id)).status).toBe('RUNNING');
    const { status, body } = await ask('stop', id, '"1"');
    expect([status, body.status, body.generation]).toEqual([200, 'STOPPED', 2]);
  });

  it('of what is stopped is done already, whatever it is based on', async () => {
    const { id } = await site.running();
    const first = await ask('stop', id, '"1"');

    const second = await ask('stop', id, '"1"');

    expect(second.status).toBe(200);
    expect(second.body.stoppedAt).toBe(first.body.stoppedAt);
  });
});
