/**
 * What may go wrong between Vigia and its node, on the simulator: each is mended within two ticks of
 * its end, with no more writes than it takes, and nothing untrue is said meanwhile.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { eventually } from '#test/support/eventually.js';
import { type Mark } from '#test/support/site/node-journal.js';
import { PATIENT, TestSite } from '#test/support/site/test-site.js';

const STARTED = ['new → STARTING', 'STARTING → RUNNING'];
const LOST_AND_BACK = [...STARTED, 'RUNNING → STARTING', 'STARTING → RUNNING'];
const STOPPED = [...STARTED, 'RUNNING → STOPPED'];

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

afterEach(async () => {
  node.faults.clear();
  await site.stopAll();
});

const replacing = (...streams: StreamBody[]): string[] =>
  streams.map(({ path }) => `replace ${path}`);

describe('a node that forgets', () => {
  it('everything, by a kill -9 and a restart: one write a path', async () => {
    const streams = [await site.running(), await site.running(), await site.running()];
    await node.kill();
    const since = site.journal.mark();
    await node.revive();

    await site.expectHealed(since, replacing(...streams));
    for (const { id } of streams) {
      expect(await site.story(id)).toEqual(LOST_AND_BACK);
      expect(await site.api.client.stream(id)).toMatchObject({ reconnects: 1, error: null });
    }
  });

  it('what came by its API, when its file is rewritten: one write a path', async () => {
    const streams = [await site.running(), await site.running({ onDemand: true })];
    const since = site.journal.mark();
    node.rewriteFile();

    await site.expectHealed(since, replacing(...streams));
    expect(await site.story(streams[0]!.id)).toEqual(LOST_AND_BACK);
  });

  it('one path, deleted by hand: one write, and the others are not touched', async () => {
    const [lost, other] = [await site.running(), await site.running()];
    const since = site.journal.mark();
    node.removeByHand(lost.path);

    await site.expectHealed(since, replacing(lost));
    expect(await site.story(lost.id)).toEqual(LOST_AND_BACK);
    expect(await site.story(other.id)).toEqual(STARTED);
  });

  it('one path, whose name a catch-all then serves: that is not ours, and one write', async () => {
    const stream = await site.running();
    node.addForeign('all_others', { source: 'publisher' });
    const since = site.journal.mark();
    node.removeByHand(stream.path);
    node.openRuntimePath(stream.path);

    await site.expectHealed(since, replacing(stream));
    expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
    node.removeByHand('all_others');
  });
});

describe('a node that hangs', () => {
  it('changes no status and no row; what was asked of it meanwhile is done when it thaws', async () => {
    const [kept, leaving] = [await site.running(), await site.running()];
    node.faults.set({ kind: 'hang' });
    await expectUnreachable();
    const stopped = await site.api.client.stop(leaving.id);
    expect(stopped.body).toMatchObject({ status: 'STOPPED', removalPending: true });
    const coming = await startUnreachable();
    expect(await site.api.client.stream(kept.id)).toMatchObject({ status: 'RUNNING' });
    const since = site.journal.mark();
    node.faults.clear();

    await site.expectHealed(since, [`delete ${leaving.path}`, ...replacing(coming)]);
    expect(await site.story(kept.id)).toEqual(STARTED);
    expect(await site.story(leaving.id)).toEqual(STOPPED);
    expect(await site.story(coming.id)).toEqual(STARTED);
  });

  it('and comes back empty has its paths again', async () => {
    const stream = await site.running();
    node.faults.set({ kind: 'hang' });
    await expectUnreachable();
    const since = site.journal.mark();
    await node.restart();
    node.faults.clear();

    await site.expectHealed(since, replacing(stream));
    expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
  });

  async function expectUnreachable(): Promise<void> {
    await eventually(async () => {
      const { body } = await site.api.client.get<{ status: string }>('/health');
      expect(JSON.stringify(body)).toContain('NODE_UNREACHABLE');
    }, PATIENT);
  }

  async function startUnreachable(): Promise<StreamBody> {
    const { status, body } = await site.api.client.start(site.newCamera(), site.source);
    expect(status).toBe(201);
    await eventually(async () => {
      expect(await site.api.client.stream(body.id)).toMatchObject({
        status: 'STARTING',
        reason: 'NODE_UNREACHABLE',
      });
    }, PATIENT);
    return body;
  }
});

describe('a write', () => {
  const POST = { method: 'POST' };
  const DELETE = { method: 'DELETE' };

  it.each([
    ['whose answer is cut off is sent once more', { kind: 'lost-answer' }],
    ['that never arrives is sent once more', { kind: 'reset' }],
    ['that is said to be done and is not is done by a tick', { kind: 'lie' }],
    ['that is answered by a 500 is sent once more', { kind: 'refuse', status: 500 }],
  ] as const)('of a start %s', async (_, fault) => {
    node.faults.set({ ...fault, on: POST, times: 1 });
    const since = site.journal.mark();
    const { body } = await site.api.client.start(site.newCamera(), site.source);

    await site.expectHealed(since, replacing(body, body));
    expect(await site.story(body.id)).toEqual(STARTED);
  });

  it.each([
    ['that never arrives is sent once more', { kind: 'reset' }],
    ['that is said to be done and is not is done by a tick', { kind: 'lie' }],
  ] as const)('of a stop %s', async (_, fault) => {
    const { id, path } = await site.running();
    node.faults.set({ ...fault, on: DELETE, times: 1 });
    const since = site.journal.mark();
    await site.api.client.stop(id);

    await site.expectHealed(since, [`delete ${path}`, `delete ${path}`]);
    expect(await site.story(id)).toEqual(STOPPED);
  });

  it.each([
    ['that never arrives is sent once more', { kind: 'reset' }],
    ['that is said to be done and is not is done by a tick', { kind: 'lie' }],
  ] as const)('of a restore %s', async (_, fault) => {
    const stream = await site.running();
    node.faults.set({ ...fault, on: POST, times: 1 });
    const since = site.journal.mark();
    node.removeByHand(stream.path);

    await site.expectHealed(since, replacing(stream, stream));
    expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
    expect(await site.api.client.stream(stream.id)).toMatchObject({
      connectionQuality: 'good',
      reconnectsLastHour: 1,
      lastOutage: { endedAt: expect.any(String), durationMs: expect.any(Number) },
    });
  });

  describe('that was done, and whose answer never comes', () => {
    const unanswered = (method: string): void => {
      node.faults.set({ kind: 'slow', ms: 60_000, on: { method }, times: 1 });
    };

    it('is sent once more by a start, since nobody can know', async () => {
      unanswered('POST');
      const since = site.journal.mark();
      const { body } = await site.api.client.start(site.newCamera(), site.source);

      await site.expectMended(since, replacing(body, body));
      expect(await site.story(body.id)).toEqual(STARTED);
    });

    it('is not sent again by a stop: the path is seen to be gone', async () => {
      const { id, path } = await site.running();
      unanswered('DELETE');
      const since = site.journal.mark();
      await site.api.client.stop(id);

      await site.expectMended(since, [`delete ${path}`]);
      expect(await site.story(id)).toEqual(STOPPED);
    });

    it('is not sent again by a restore: the path is seen to be back', async () => {
      const stream = await site.running();
      unanswered('POST');
      const since = site.journal.mark();
      node.removeByHand(stream.path);

      await site.expectMended(since, replacing(stream));
      expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
    });
  });

  describe('that is applied long after its answer', () => {
    const late = (method: string): void => {
      node.faults.set({ kind: 'late-apply', ms: 1_500, on: { method }, times: 1 });
    };

    /** Behind the late one the node does the second as soon as it can, and there is no third. */
    async function expectAtMostTwo(since: Mark): Promise<void> {
      await site.expectAsWanted();
      await site.expectCalm();
      expect(site.journal.writesSince(since).length).toBeLessThanOrEqual(2);
    }

    it('starts what it should', async () => {
      late('POST');
      const since = site.journal.mark();
      const { body } = await site.api.client.start(site.newCamera(), site.source);

      await expectAtMostTwo(since);
      expect(await site.story(body.id)).toEqual(STARTED);
    });

    it('stops what it should', async () => {
      const { id } = await site.running();
      late('DELETE');
      const since = site.journal.mark();
      await site.api.client.stop(id);

      await expectAtMostTwo(since);
      expect(await site.story(id)).toEqual(STOPPED);
    });
  });
});

describe('a database', () => {
  it('whose connections all break while the node forgets: both are mended', async () => {
    const stream = await site.running();
    const since = site.journal.mark();
    site.databaseRestarts();
    node.rewriteFile();

    await site.expectHealed(since, replacing(stream));
    expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
  });

  it('that is away while the node forgets: the paths are back once it is', async () => {
    const stream = await site.running();
    await site.databaseGoes();
    node.rewriteFile();
    await eventually(async () => {
      expect((await site.api.client.get('/api/streams')).status).toBe(503);
    }, PATIENT);
    const since = site.journal.mark();
    await site.databaseReturns();

    await site.expectHealed(since, replacing(stream));
    expect(await site.story(stream.id)).toEqual(LOST_AND_BACK);
  });
});
