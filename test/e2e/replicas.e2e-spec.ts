/** Two replicas at the intervals of production: who acts, who takes over, and what nobody notices. */
import { describe, expect } from '@jest/globals';

import { secretSource } from '#test/support/api/api-client.js';
import { eventually, throughout } from '#test/support/eventually.js';
import { onEveryWay } from '#test/support/replicas/on-every-way.js';
import { type Replica } from '#test/support/replicas/replica.js';
import { type Replicas } from '#test/support/replicas/replicas.js';

const WANTED = 20;
/** Promised are 20 s and 2 s without a holder; the rest is for a busy machine. */
const AFTER_KILL_MS = 25_000;
/** Still well below the 15 s after which a lease that was not let go ends. */
const AFTER_LEAVING_MS = 8_000;
/** Longer than a new holder needs for the looks that prove anything. */
const FLICKER_MS = 4_000;
const PATIENT = { timeoutMs: 30_000 };

const DEFAULTS = { RECONCILE_INTERVAL_MS: '5000' };

describe('two replicas', () => {
  const it = onEveryWay({ env: [DEFAULTS, DEFAULTS], wanted: WANTED });

  it('that start at once write each wanted path once, and one of them all', async (replicas) => {
    await replicas.start();
    await replicas.converged();
    const [holder, other] = await replicas.holderAndOther();

    expect([...holder.writes].sort()).toEqual([...(await replicas.wantedPaths())].sort());
    expect(other.writes).toEqual([]);
    expect(replicas.node.configWrites).toBe(WANTED);
  });

  it('start and stop a stream before the next tick, whichever of them is asked', async (replicas) => {
    const [holder, other] = await replicas.holderAndOther();
    let attempts = 0;
    // On a busy machine all of this may take longer than a tick, but not each time.
    await eventually(async () => {
      attempts += 1;
      await holder.lookedAgain(1);
      const looks = holder.looks;

      const [held, free] = await Promise.all([
        startAndStop(replicas, holder, `held-${attempts}`),
        startAndStop(replicas, other, `free-${attempts}`),
      ]);

      expect(holder.looks).toBe(looks);
      expect(free).toBeLessThan(2 * held + 1_000);
    }, PATIENT);
  });

  it('lose the holder to SIGKILL: taken over in time, and no stream notices', async (replicas) => {
    const [holder, other] = await replicas.holderAndOther();
    const before = await replicas.rows();

    await holder.api.kill9();
    await replicas.takenOver(other, AFTER_KILL_MS);

    await other.lookedAgain(4);
    expect(await replicas.rows()).toEqual(before);
    await shows(replicas, other, ['RUNNING HEALTHY']);
    await holder.api.revive();
  });

  it('see the holder leave: taken over at once, and the health does not even flicker', async (replicas) => {
    const [holder, other] = await replicas.holderAndOther();
    const before = await replicas.rows();

    holder.api.signal('SIGTERM');
    await replicas.takenOver(other, AFTER_LEAVING_MS);

    const healthy = throughout(FLICKER_MS, async () => {
      expect(await shown(replicas, other)).toEqual(['RUNNING HEALTHY']);
    });
    await Promise.all([other.lookedAgain(3), healthy]);
    expect(await replicas.rows()).toEqual(before);
    expect(await holder.api.exitCode()).toBe(0);
    await holder.api.revive();
  });

  it('hand over a node that is down: what was true stays, and its health becomes UNKNOWN', async (replicas) => {
    const [holder, other] = await replicas.holderAndOther();
    const before = await replicas.rows();
    await replicas.node.kill();
    await holder.lookedAgain(2);

    holder.api.signal('SIGTERM');
    await replicas.takenOver(other, AFTER_LEAVING_MS);

    await shows(replicas, other, ['RUNNING UNKNOWN']);
    expect(await replicas.rows()).toEqual(before);
    await replicas.node.revive();
    await replicas.converged();
    await shows(replicas, other, ['RUNNING HEALTHY']);
  });
});

/** @returns how long it took until the stream ran, and was gone again */
async function startAndStop(
  replicas: Replicas,
  { api }: Replica,
  cameraId: string,
): Promise<number> {
  const startedAt = performance.now();
  const { body } = await api.client.start(cameraId, secretSource('127.0.0.1:9/live'), {
    waitS: 20,
  });
  expect(body.status).toBe('RUNNING');
  await api.client.stop(body.id);
  await eventually(async () => {
    expect(await api.client.stream(body.id)).toMatchObject({ removalPending: false });
  }, PATIENT);
  expect(await replicas.pathNames()).not.toContain(body.path);
  return performance.now() - startedAt;
}

/** Each status and health that a wanted stream has, once. */
async function shown(replicas: Replicas, by: Replica): Promise<string[]> {
  const streams = await replicas.shownBy(by);
  return [...new Set(streams.map(({ status, health }) => `${status} ${health}`))].sort();
}

async function shows(replicas: Replicas, by: Replica, expected: string[]): Promise<void> {
  await eventually(async () => expect(await shown(replicas, by)).toEqual(expected), PATIENT);
}
