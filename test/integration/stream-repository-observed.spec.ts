/** What was observed is saved by compare-and-set, and only by who holds the node's lease. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { Database } from '#platform/database/database.js';
import { type Fence } from '#streaming/domain/ports/node-leases.js';
import { Stream, type StreamChange, type StreamState } from '#streaming/domain/stream.js';
import { TypeOrmStreamRepository } from '#streaming/infrastructure/postgres/typeorm-stream-repository.js';
import { type Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNewStream } from '#test/support/postgres/builders.js';
import { type TestDatabase } from '#test/support/postgres/test-database.js';
import { type TwoReplicas, openTwoReplicas } from '#test/support/postgres/two-replicas.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

let replicas: TwoReplicas;
let database: TestDatabase;
let one: Adapters;
let other: Adapters;

beforeAll(async () => {
  silentLogs();
  replicas = await openTwoReplicas();
  ({ database, one, other } = replicas);
});

afterAll(() => replicas.close());

async function started(given: Parameters<typeof aNewStream>[0] = {}): Promise<StreamState> {
  const stream = aNewStream(given);
  await one.streams.start(stream);
  return stateOf(stream.path);
}

async function stateOf(path: string): Promise<StreamState> {
  const intent = await one.streams.intentFor(NODE_ID, path);
  if (intent === null) throw new Error(`nothing is known of ${path}`);
  return intent.state;
}

function observed(state: StreamState, see: (stream: Stream) => void): StreamChange {
  const stream = new Stream(state);
  see(stream);
  const change = stream.change();
  if (change === null) throw new Error('nothing has changed');
  return change;
}

const running = (state: StreamState): StreamChange =>
  observed(state, (stream) => {
    stream.applied(stream.snapshot.generation);
    stream.observedRunning();
  });

const lost = (state: StreamState): StreamChange =>
  observed(state, (stream) => {
    stream.observedLost();
  });

function idsOf(saved: ReadonlyMap<string, unknown>): Set<string> {
  return new Set(saved.keys());
}

async function versionsOfEvents({ id }: StreamState): Promise<number[]> {
  const events = await one.streams.events(id, { limit: 100, beforeVersion: null });
  return (events ?? []).map(({ version }) => version).reverse();
}

describe('an observation', () => {
  it('is saved with its event in one transaction', async () => {
    const state = await started();

    const saved = await one.streams.saveObserved([running(state)], null);

    expect(idsOf(saved)).toEqual(new Set([state.id]));
    expect(await stateOf(state.path)).toMatchObject({
      status: 'RUNNING',
      appliedGeneration: 1,
      version: 2,
    });
    const rows = await database.query(
      `SELECT e.version, e.generation, e.from_status, e.to_status, e.actor,
         s.xmin::text::numeric = e.xid::text::numeric % 4294967296 AS together
       FROM streams s JOIN stream_events e ON e.stream_id = s.id AND e.version = 2 WHERE s.id = $1`,
      [state.id],
    );
    expect(rows).toEqual([
      {
        version: 2,
        generation: 1,
        from_status: 'STARTING',
        to_status: 'RUNNING',
        actor: 'reconciler',
        together: true,
      },
    ]);
  });

  it('is not saved when its event cannot be written', async () => {
    const state = await started();
    await database.query('ALTER TABLE stream_events ADD CONSTRAINT none CHECK (false) NOT VALID');

    await expect(one.streams.saveObserved([running(state)], null)).rejects.toThrow(
      'a statement failed',
    );

    await database.query('ALTER TABLE stream_events DROP CONSTRAINT none');
    expect(await stateOf(state.path)).toEqual(state);
  });

  it('keeps the first start, and counts reconnects', async () => {
    const state = await started();
    await one.streams.saveObserved([running(state)], null);
    const first = await one.streams.findById(state.id);
    await one.streams.saveObserved([lost(await stateOf(state.path))], null);
    await one.streams.saveObserved([running(await stateOf(state.path))], null);

    const again = await one.streams.findById(state.id);
    expect(first?.startedAt).toBeInstanceOf(Date);
    expect(again).toMatchObject({ startedAt: first?.startedAt, reconnects: 1, status: 'RUNNING' });
    const events = await one.streams.events(state.id, { limit: 10, beforeVersion: null });
    const chain = (events ?? []).reverse();
    expect(chain.map(({ toStatus }) => toStatus)).toEqual([
      'STARTING',
      'RUNNING',
      'STARTING',
      'RUNNING',
    ]);
    expect(chain.slice(1).map(({ fromStatus }) => fromStatus)).toEqual(
      chain.slice(0, -1).map(({ toStatus }) => toStatus),
    );
  });

  it('tells for how long RUNNING was awaited, since the start or since the loss', async () => {
    const { id, path } = await started();
    const awaited = async (see: (stream: Stream) => void): Promise<unknown> => {
      const saved = await one.streams.saveObserved([observed(await stateOf(path), see)], null);
      expect(saved.get(id)?.nodeId).toBe(NODE_ID);
      return saved.get(id)?.awaited;
    };
    const since = (at: Date): number => Date.now() - at.getTime();
    const begun = (await one.streams.findById(id))?.createdAt ?? new Date(0);

    const first = await awaited((stream) => stream.observedRunning());
    expect(first).toEqual({ since: 'start', ms: expect.any(Number) });
    expect((first as { ms: number }).ms).toBeLessThanOrEqual(since(begun) + 1);
    expect(await awaited((stream) => stream.observedLost())).toBeNull();
    expect(await awaited((stream) => stream.failed('SOURCE_NO_MEDIA'))).toBeNull();
    const [, lost] = (await one.streams.events(id, { limit: 2, beforeVersion: null })) ?? [];
    // Put back: the loss was an hour ago.
    await database.query(`UPDATE stream_events SET at = at - interval '1 hour' WHERE seq = $1`, [
      lost?.seq,
    ]);
    const back = (await awaited((stream) => stream.observedRunning())) as { ms: number };
    expect(back).toMatchObject({ since: 'loss' });
    expect(Math.floor(back.ms / 3_600_000)).toBe(1);

    // Asked for, and so no loss.
    await one.streams.retry(id, null);
    expect(await awaited((stream) => stream.observedRunning())).toBeNull();
  });

  it('leaves the last error readable after the stream has recovered', async () => {
    const state = await started();
    const failure = observed(state, (stream) => {
      stream.failed('SOURCE_NO_MEDIA');
    });
    await one.streams.saveObserved([failure], null);
    const failed = await one.streams.findById(state.id);
    await one.streams.saveObserved([running(await stateOf(state.path))], null);

    expect(failed).toMatchObject({
      status: 'ERROR',
      reason: 'SOURCE_NO_MEDIA',
      lastError: { code: 'SOURCE_NO_MEDIA', at: expect.any(Date) },
    });
    expect(await one.streams.findById(state.id)).toMatchObject({
      status: 'RUNNING',
      reason: null,
      lastError: failed?.lastError,
    });
  });

  it('writes no event when neither the status nor the reason of an error changed', async () => {
    const state = await started({ onDemand: true });
    await one.streams.saveObserved(
      [
        observed(state, (stream) => {
          stream.observedReady(false);
        }),
      ],
      null,
    );
    await one.streams.saveObserved(
      [
        observed(await stateOf(state.path), (stream) => {
          stream.observedReady(true);
        }),
      ],
      null,
    );

    expect(await stateOf(state.path)).toMatchObject({ reason: null, version: 3 });
    expect(await versionsOfEvents(state)).toEqual([1, 2]);
  });

  it('of a path that is gone ends the removal of a stopped stream', async () => {
    const state = await started();
    await one.streams.stop(state.id);
    const gone = observed(await stateOf(state.path), (stream) => {
      stream.removed();
    });

    await one.streams.saveObserved([gone], null);

    expect(await one.streams.findById(state.id)).toMatchObject({
      status: 'STOPPED',
      reason: null,
      removalPending: false,
    });
    expect(await one.streams.workingSet(NODE_ID, 0)).not.toContainEqual(
      expect.objectContaining({ id: state.id }),
    );
  });

  it('writes neither row nor event when its version is stale', async () => {
    const state = await started();
    await one.streams.saveObserved([running(state)], null);
    const before = await one.streams.findById(state.id);

    expect(idsOf(await other.streams.saveObserved([running(state)], null))).toEqual(new Set());

    expect(await one.streams.findById(state.id)).toEqual(before);
    expect(await versionsOfEvents(state)).toEqual([1, 2]);
  });

  it('loses to a stop', async () => {
    const state = await started();
    await one.streams.stop(state.id);

    expect(idsOf(await one.streams.saveObserved([running(state)], null))).toEqual(new Set());

    expect(await stateOf(state.path)).toMatchObject({ status: 'STOPPED', desired: 'STOPPED' });
    expect(await versionsOfEvents(state)).toEqual([1, 2]);
  });

  it('loses to a stop that is being committed', async () => {
    const state = await started();
    const stopping = await database.connect();
    await stopping.query('BEGIN');
    await stopping.query(
      `UPDATE streams SET desired = 'STOPPED', status = 'STOPPED', version = 2 WHERE id = $1`,
      [state.id],
    );

    const saving = one.streams.saveObserved([running(state)], null);
    await stopping.query('COMMIT');
    stopping.release();

    expect(idsOf(await saving)).toEqual(new Set());
    expect(await stateOf(state.path)).toMatchObject({ status: 'STOPPED', version: 2 });
    expect(await versionsOfEvents(state)).toEqual([1]);
  });

  it('is saved by one of many that made it at the same time', async () => {
    const state = await started();

    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).streams.saveObserved([running(state)], null),
      ),
    );

    expect(results.filter((saved) => saved.has(state.id))).toHaveLength(1);
    expect(await versionsOfEvents(state)).toEqual([1, 2]);
  });

  it('is saved for those of many streams that did not change meanwhile', async () => {
    const states = await Promise.all([started(), started(), started()]);
    await one.streams.stop(states[1].id);

    const saved = await one.streams.saveObserved(states.map(running), null);

    expect(idsOf(saved)).toEqual(new Set([states[0].id, states[2].id]));
    expect(await versionsOfEvents(states[1])).toEqual([1, 2]);
    expect(await stateOf(states[1].path)).toMatchObject({ status: 'STOPPED' });
  });

  it('of 1 000 streams is one statement and one transaction', async () => {
    const { id } = await started();
    await database.query(
      `INSERT INTO streams SELECT copy.* FROM streams s, generate_series(1, 1000) n,
         LATERAL jsonb_populate_record(s, jsonb_build_object(
           'id', gen_random_uuid(), 'camera_id', 'bulk-' || n, 'path', 'bulk/' || n)) copy
       WHERE s.id = $1`,
      [id],
    );
    const all = await one.streams.workingSet(NODE_ID, 0);
    const changes = all.filter(({ path }) => path.startsWith('bulk/')).map(running);
    const counting = new CountingDatabase(one.dataSource);

    const saved = await new TypeOrmStreamRepository(counting).saveObserved(changes, null);

    expect(saved.size).toBe(1_000);
    expect(counting.statements).toBe(1);
    const [events] = await database.query(
      `SELECT count(*)::int AS written, count(DISTINCT e.xid)::int AS transactions
       FROM stream_events e JOIN streams s ON s.id = e.stream_id WHERE s.path LIKE 'bulk/%'`,
    );
    expect(events).toEqual({ written: 1_000, transactions: 1 });
  });
});

describe('an observation under a fence', () => {
  let state: StreamState;
  let fence: Fence;

  beforeEach(async () => {
    state = await started();
    const held = await one.leases('holder').hold(NODE_ID, null);
    if (held === null) throw new Error('the lease is taken');
    fence = held;
  });

  async function expectNothingSaved(change: StreamChange, stale: Fence): Promise<void> {
    expect(idsOf(await one.streams.saveObserved([change], stale))).toEqual(new Set());
    expect(await stateOf(state.path)).toEqual(state);
    expect(await versionsOfEvents(state)).toEqual([1]);
  }

  it('is saved while that epoch is held', async () => {
    expect(idsOf(await one.streams.saveObserved([running(state)], fence))).toEqual(
      new Set([state.id]),
    );
    expect(await versionsOfEvents(state)).toEqual([1, 2]);
  });

  it.each([
    ['of an earlier epoch', (held: Fence) => ({ ...held, epoch: String(Number(held.epoch) - 1) })],
    ['of another owner', (held: Fence) => ({ ...held, owner: 'somebody' })],
    ['of another node', (held: Fence) => ({ ...held, nodeId: 'elsewhere' })],
  ])('%s is not saved', async (_, altered) => {
    await expectNothingSaved(running(state), altered(fence));
  });

  it('that has expired is not saved, though nobody took the lease', async () => {
    await database.query(`UPDATE node_leases SET expires_at = now() - interval '1 millisecond'`);

    await expectNothingSaved(running(state), fence);
  });

  it('of a holder that was frozen while another took over is not saved', async () => {
    await database.query(`UPDATE node_leases SET expires_at = now() - interval '1 millisecond'`);
    await other.leases('successor').hold(NODE_ID, null);

    await expectNothingSaved(running(state), fence);
    await database.query('DELETE FROM node_leases');
  });
});

class CountingDatabase extends Database {
  statements = 0;

  override query<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    this.statements += 1;
    return super.query(sql, parameters);
  }
}
