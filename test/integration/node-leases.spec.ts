/** Who may act for a node: one holder at a time, told apart by epochs that only grow. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { type Fence, type NodeConditions } from '#streaming/domain/ports/node-leases.js';
import { eventually } from '#test/support/eventually.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { aNode } from '#test/support/postgres/builders.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const CONDITIONS: NodeConditions = {
  isReachable: false,
  cause: 'no answer in 5000 ms',
  version: 'v1.20.1',
  isPoisoned: false,
  writeCause: null,
  hazards: [],
  unknownPaths: 0,
  agentCause: null,
  leftOutPaths: 0,
  bootFileCause: null,
};

let database: TestDatabase;
let adapters: Adapters;
let nodes = 0;
let nodeId: string;

beforeAll(async () => {
  silentLogs();
  database = await TestDatabase.create();
  adapters = await Adapters.connect(database.url);
});

beforeEach(async () => {
  nodes += 1;
  nodeId = `node-${nodes}`;
  await adapters.directory.upsert(aNode({ id: nodeId }));
});

afterAll(async () => {
  await adapters.close();
  await database.close();
});

interface Row {
  owner: string;
  epoch: string;
  left_ms: number;
  look_age_ms: number | null;
}

async function row(): Promise<Row> {
  const [found] = await database.query<Row>(
    `SELECT owner, epoch, extract(epoch FROM expires_at - now())::float8 * 1000 AS left_ms,
       extract(epoch FROM now() - last_look_ok_at)::float8 * 1000 AS look_age_ms
     FROM node_leases WHERE node_id = $1`,
    [nodeId],
  );
  if (found === undefined) throw new Error('there is no lease');
  return found;
}

/** As if its time had passed. */
async function expire(): Promise<void> {
  await database.query(
    `UPDATE node_leases SET expires_at = now() - interval '1 millisecond' WHERE node_id = $1`,
    [nodeId],
  );
}

function held(fence: Fence | null): Fence {
  if (fence === null) throw new Error('another owner holds the lease');
  return fence;
}

describe('a lease', () => {
  it('goes to the first who asks, with epoch 1, for its time to live', async () => {
    const fence = await adapters.leases('a', 60_000).hold(nodeId, null);

    expect(fence).toEqual({ nodeId, owner: 'a', epoch: '1' });
    const { owner, left_ms: leftMs } = await row();
    expect(owner).toBe('a');
    expect(leftMs).toBeGreaterThan(30_000);
    expect(leftMs).toBeLessThanOrEqual(60_000);
  });

  it('goes to one of many who ask at the same time', async () => {
    const owners = Array.from({ length: 10 }, (_, index) => `owner-${index}`);

    const fences = await Promise.all(
      owners.map((owner) => adapters.leases(owner).hold(nodeId, null)),
    );

    expect(fences.filter((fence) => fence !== null)).toHaveLength(1);
    expect(fences.find((fence) => fence !== null)).toMatchObject({ epoch: '1' });
  });

  it('is refused to another owner while it lasts', async () => {
    await adapters.leases('a').hold(nodeId, null);

    expect(await adapters.leases('b').hold(nodeId, null)).toBeNull();
    expect(await row()).toMatchObject({ owner: 'a', epoch: '1' });
  });

  it('keeps its epoch and gains time with each renewal', async () => {
    const leases = adapters.leases('a', 60_000);
    await leases.hold(nodeId, null);
    await database.query(`UPDATE node_leases SET expires_at = now() + interval '1 second'`);

    expect(await leases.hold(nodeId, null)).toEqual({ nodeId, owner: 'a', epoch: '1' });
    expect((await row()).left_ms).toBeGreaterThan(30_000);
  });

  it('keeps its epoch when it is renewed late and nobody has taken it', async () => {
    const leases = adapters.leases('a');
    await leases.hold(nodeId, null);
    await expire();

    expect(await leases.hold(nodeId, null)).toMatchObject({ epoch: '1' });
  });

  it('moves on by itself, with the next epoch, when its holder renews no more', async () => {
    const heir = adapters.leases('b');
    await adapters.leases('a', 300).hold(nodeId, null);
    expect(await heir.hold(nodeId, null)).toBeNull();

    await eventually(async () => {
      expect(await heir.hold(nodeId, null)).toEqual({ nodeId, owner: 'b', epoch: '2' });
    });
  });

  it('is taken over at once after its release', async () => {
    const leases = adapters.leases('a');
    await leases.release(held(await leases.hold(nodeId, null)));

    expect(await adapters.leases('b').hold(nodeId, null)).toEqual({
      nodeId,
      owner: 'b',
      epoch: '2',
    });
  });

  it('is not released by who has lost it', async () => {
    const late = adapters.leases('a');
    const fence = held(await late.hold(nodeId, null));
    await expire();
    const holder = adapters.leases('b');
    await holder.hold(nodeId, null);

    await late.release(fence);

    expect(await adapters.leases('c').hold(nodeId, null)).toBeNull();
    expect(await holder.hold(nodeId, null)).toMatchObject({ epoch: '2' });
  });

  it('is taken back at once, with the next epoch, by the same owner after a restart', async () => {
    await adapters.leases('a').hold(nodeId, null);

    expect(await adapters.leases('a').hold(nodeId, null)).toEqual({
      nodeId,
      owner: 'a',
      epoch: '2',
    });
  });

  it('stays with the restarted process when the one before it was only frozen', async () => {
    const frozen = adapters.leases('a');
    const fence = held(await frozen.hold(nodeId, null));
    const restarted = adapters.leases('a');
    await restarted.hold(nodeId, null);

    expect(await frozen.hold(nodeId, null)).toBeNull();
    expect(await frozen.hold(nodeId, null)).toBeNull();
    await frozen.saveConditions(fence, CONDITIONS);
    await frozen.release(fence);

    expect(await restarted.hold(nodeId, null)).toMatchObject({ epoch: '2' });
    expect(await row()).toMatchObject({ owner: 'a', epoch: '2' });
    await expire();
    expect(await frozen.hold(nodeId, null)).toMatchObject({ epoch: '3' });
  });

  it('is lost by a holder that was frozen past its end', async () => {
    const frozen = adapters.leases('a');
    await frozen.hold(nodeId, null);
    await expire();
    const heir = adapters.leases('b');
    await heir.hold(nodeId, null);

    expect(await frozen.hold(nodeId, null)).toBeNull();
    await expire();
    expect(await frozen.hold(nodeId, null)).toMatchObject({ epoch: '3' });
    expect(await heir.hold(nodeId, null)).toBeNull();
  });

  it('whose end lies too far ahead, since the clock was set back, holds nobody', async () => {
    await adapters.leases('a').hold(nodeId, null);
    await database.query(
      `UPDATE node_leases SET expires_at = now() + interval '1 hour' WHERE node_id = $1`,
      [nodeId],
    );

    const fence = await adapters.leases('b', 60_000).hold(nodeId, null);
    expect(held(fence)).toMatchObject({ epoch: '2' });
    expect((await row()).left_ms).toBeLessThanOrEqual(60_000);
  });

  it('is one per node', async () => {
    await adapters.directory.upsert(aNode({ id: 'neighbour' }));
    await adapters.leases('a').hold(nodeId, null);

    expect(await adapters.leases('b').hold('neighbour', null)).toMatchObject({ epoch: '1' });
  });

  it('is kept while every connection of the pool is taken', async () => {
    const leases = adapters.leases('a');
    await leases.hold(nodeId, null);
    const runners = Array.from({ length: 8 }, () => adapters.dataSource.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));

    expect(await leases.hold(nodeId, null)).toMatchObject({ epoch: '1' });

    await Promise.all(runners.map((runner) => runner.release()));
  });
});

describe('what the holder writes beside its lease', () => {
  it('is when it last looked, from the age of that look, and stays when it has none to tell', async () => {
    const leases = adapters.leases('a');
    await leases.hold(nodeId, null);
    expect((await row()).look_age_ms).toBeNull();

    await leases.hold(nodeId, 30_000);
    const aged = (await row()).look_age_ms;
    expect(aged).toBeGreaterThanOrEqual(30_000);
    expect(aged).toBeLessThan(45_000);

    await leases.hold(nodeId, null);
    expect((await row()).look_age_ms).toBeGreaterThanOrEqual(30_000);
  });

  it('lies in the future no longer than until the next renewal, when the clock was set back', async () => {
    const leases = adapters.leases('a');
    await leases.hold(nodeId, 0);
    await database.query(
      `UPDATE node_leases SET last_look_ok_at = now() + interval '1 hour' WHERE node_id = $1`,
      [nodeId],
    );
    await leases.hold(nodeId, 30_000);

    expect((await row()).look_age_ms).toBeGreaterThanOrEqual(30_000);
  });

  it('survives a change of holder that has not looked yet', async () => {
    await adapters.leases('a').hold(nodeId, null);
    await adapters.leases('a').hold(nodeId, 10_000);
    await expire();
    await adapters.leases('b').hold(nodeId, null);

    expect((await row()).look_age_ms).toBeGreaterThanOrEqual(10_000);
  });

  it('is what it knows of the node, for every replica to read', async () => {
    const leases = adapters.leases('a');
    const fence = held(await leases.hold(nodeId, null));
    await leases.hold(nodeId, 2_000);
    await leases.saveConditions(fence, CONDITIONS);

    const reports = await adapters.leases('b').report();

    const report = reports.find((candidate) => candidate.nodeId === nodeId);
    expect(report).toMatchObject({ owner: 'a', isLeased: true, conditions: CONDITIONS });
    expect(report?.lookAgeMs).toBeGreaterThanOrEqual(2_000);
  });

  it('is not what somebody else believes', async () => {
    const leases = adapters.leases('a');
    const fence = held(await leases.hold(nodeId, null));
    await leases.saveConditions({ ...fence, owner: 'b' }, CONDITIONS);
    await leases.saveConditions({ ...fence, epoch: '7' }, CONDITIONS);

    const reports = await leases.report();

    expect(reports.find((report) => report.nodeId === nodeId)).toMatchObject({ conditions: null });
  });

  it('is reported for a node that nobody has held, and for one whose lease has ended', async () => {
    const leases = adapters.leases('a');
    const report = async (): Promise<unknown> =>
      (await leases.report()).find((candidate) => candidate.nodeId === nodeId);

    expect(await report()).toEqual({
      nodeId,
      owner: null,
      isLeased: false,
      epoch: null,
      expiresAt: null,
      lookedAt: null,
      lookAgeMs: null,
      conditions: null,
    });
    await leases.release(held(await leases.hold(nodeId, null)));
    expect(await report()).toMatchObject({ owner: 'a', isLeased: false });
  });
});
