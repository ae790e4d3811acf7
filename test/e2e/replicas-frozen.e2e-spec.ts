/**
 * A leader that is frozen past its lease in the middle of a restore, and goes on later as if no time
 * had passed: with the answer to a look of then, a write that arrives only now, a queue of others
 * behind it, and a stream that it follows. Meanwhile another has taken over, and callers went on.
 */
import { describe, expect } from '@jest/globals';

import { type JournalEntry } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { eventually } from '#test/support/eventually.js';
import { onEveryWay } from '#test/support/replicas/on-every-way.js';
import { type Replica } from '#test/support/replicas/replica.js';
import { type Replicas } from '#test/support/replicas/replicas.js';

const PATIENT = { timeoutMs: 30_000 };
const WANTED = 60;
/** Enough for whoever would go on with what it has in its queue. */
const SEVERAL_LOOKS = 6;
/** How long a node may be without a holder when one leaves. */
const AFTER_LEAVING_MS = 2_000;

const LOOK = 'look';

const SHORT_LEASE = {
  LEASE_TTL_MS: '4000',
  SOURCE_DEADLINE_MS: '60000',
  // What it asked the node before it was frozen is still good when it goes on.
  MEDIAMTX_TIMEOUT_MS: '60000',
};
/** A restore that takes seconds, so that it can be met in the middle. */
const SLOW = { ...SHORT_LEASE, DIALS_PER_SECOND: '20' };
const FAST = { ...SHORT_LEASE, DIALS_PER_SECOND: '0' };

describe('a frozen leader', () => {
  const it = onEveryWay({ env: [SLOW, FAST], wanted: WANTED });

  it('and its peer write nothing while all is well', async (replicas) => {
    await replicas.start(1);
    await replicas.converged();
    await replicas.start();
    const [leader, other] = await replicas.holderAndOther();
    const before = { rows: await replicas.rows(), writes: leader.writes };

    await leader.lookedAgain(SEVERAL_LOOKS);

    expect({ rows: await replicas.rows(), writes: leader.writes }).toEqual(before);
    expect(other.writes).toEqual([]);
  });

  it('changes no row when it goes on, and at most one path, which is put right', async (replicas) => {
    const [leader, other] = await replicas.holderAndOther();
    const followed = await followedBy(replicas, leader);
    const inHand = await frozenInTheMiddle(replicas, leader);
    await replicas.heldBy(other);
    await liveOn(replicas, other, { stopped: inHand, restarted: followed });
    const before = await replicas.rows();
    const sent = leader.writes;
    replicas.node.clearJournal();

    // It cannot even ask for its lease: nobody tells it that it is not the leader any more.
    leader.toDatabase.hold({ request: (piece) => piece.includes('INSERT INTO node_leases') });
    leader.api.signal('SIGCONT');
    leader.toNode.heal();

    for (let looks = 0; looks < SEVERAL_LOOKS; looks += 1) {
      await other.lookedAgain(1);
      expect(await replicas.rows()).toEqual(before);
    }
    // That it was late is found out by the one that has sent it, too.
    expect([sent, [...sent, inHand]]).toContainEqual(leader.writes);
    const calls = callsOf(replicas.node.requests);
    const [written, undone] = [`POST replace/${inHand}`, `DELETE delete/${inHand}`];
    const writes = calls.filter((call) => call !== LOOK);
    expect(writes[0]).toBe(written);
    expect([[undone], [undone, undone]]).toContainEqual(writes.slice(1));
    // One may have been under way when the write arrived.
    const between = calls.slice(calls.indexOf(written) + 1, calls.indexOf(undone));
    expect(between.length).toBeLessThanOrEqual(2);
    expect(await replicas.pathNames()).toEqual(await replicas.wantedPaths());
  });

  it('serves again, and leads again once the other leaves, without a stream that notices', async (replicas) => {
    const [other, leader] = await replicas.holderAndOther();
    leader.toDatabase.heal();
    await eventually(() => {
      expect(leader.api.logLines().map(({ msg }) => msg)).toContain(
        'lease lost to another instance',
      );
    }, PATIENT);
    const { body } = await leader.api.client.start('after', secretSource('127.0.0.1:9/live'), {
      waitS: 20,
    });
    expect(body.status).toBe('RUNNING');
    const before = await replicas.rows();
    const writes = replicas.node.configWrites;

    other.api.signal('SIGTERM');

    await replicas.takenOver(leader, AFTER_LEAVING_MS);
    await leader.lookedAgain(SEVERAL_LOOKS);
    expect(await replicas.rows()).toEqual(before);
    expect(replicas.node.configWrites).toBe(writes);
  });
});

/** @returns the path of a stream that does not come, and that the process looks at again and again */
async function followedBy(replicas: Replicas, { api }: Replica): Promise<string> {
  replicas.node.setSource(/dead/, 'dead');
  const { body } = await api.client.start('followed', secretSource('127.0.0.1:9/dead'));
  await eventually(async () => {
    expect(await replicas.pathNames()).toContain(body.path);
  });
  return body.path;
}

/** @returns the path whose write it has just sent */
async function frozenInTheMiddle(replicas: Replicas, leader: Replica): Promise<string> {
  const before = leader.writes.length;
  await replicas.node.restart();
  await eventually(() => expect(leader.writes.length).toBeGreaterThan(before), PATIENT);
  leader.toNode.hold({
    request: (piece) => piece.includes('/replace/'),
    answerTo: (piece) => piece.includes('GET /v3/paths/list'),
  });
  await eventually(() => expect(leader.toNode.heldLinks).toBe(2), PATIENT);
  leader.api.signal('SIGSTOP');
  expect(leader.writes.length).toBeLessThan(before + WANTED / 2);
  return leader.writes.at(-1)!;
}

/** Callers stop what the frozen one was about to write, and more, and start others. */
async function liveOn(
  replicas: Replicas,
  other: Replica,
  { stopped, restarted }: { stopped: string; restarted: string },
): Promise<void> {
  const { client } = other.api;
  const streams = await replicas.shownBy(other);
  const ended = streams.filter(
    ({ path }) => path === stopped || path === restarted || path.endsWith('0'),
  );
  await Promise.all(ended.map(({ id }) => client.stop(id)));
  const cameras = [restarted.slice('cam/'.length), 'new'];
  await Promise.all(cameras.map((id) => client.start(id, secretSource('127.0.0.1:9/live'))));
  await replicas.converged();
}

/** Looks and writes, in the order in which the node heard of them. */
function callsOf(requests: readonly JournalEntry[]): string[] {
  return requests.flatMap(({ method, path }) => {
    if (path.startsWith('/v3/paths/list')) return [LOOK];
    return method === 'GET' ? [] : [`${method} ${path.replace('/v3/config/paths/', '')}`];
  });
}
