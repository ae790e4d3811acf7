/** Replicas that are replaced one after another, as by a deployment, while callers go on. */
import { describe, expect } from '@jest/globals';

import { eventually } from '#test/support/eventually.js';
import { Callers } from '#test/support/replicas/callers.js';
import { LoadBalancer } from '#test/support/replicas/load-balancer.js';
import { onEveryWay } from '#test/support/replicas/on-every-way.js';
import { type Replica } from '#test/support/replicas/replica.js';
import { type Replicas } from '#test/support/replicas/replicas.js';

const CAMERAS = Array.from({ length: 8 }, (_, index) => `rolled-${index}`);
const PATIENT = { timeoutMs: 30_000 };

describe('a rolling restart under load', () => {
  const it = onEveryWay({ env: [{}, {}, {}] });

  it('keeps every promise, and answers nobody with a fault', async (replicas) => {
    await replicas.start();
    const balancer = new LoadBalancer(replicas.every.map(({ api }) => api.port));
    const callers = new Callers(balancer, CAMERAS);

    for (const replica of replicas.every) await replaced(replica, callers);
    await callers.finish();
    balancer.stop();

    expect(callers.surprises).toEqual([]);
    await replicas.converged();
    expect(await written(replicas)).toEqual(callers.promised);
  });
});

/** Not before the callers have used the others, and what came in its place, for a while. */
async function replaced({ api }: Replica, callers: Callers): Promise<void> {
  await goneOn(callers);
  api.signal('SIGTERM');
  expect(await api.exitCode()).toBe(0);
  await api.revive();
  await eventually(async () => {
    expect((await api.client.get('/health/ready')).status).toBe(200);
  }, PATIENT);
}

async function goneOn({ promised }: Callers): Promise<void> {
  const enough = promised.size + 5 * CAMERAS.length;
  await eventually(() => expect(promised.size).toBeGreaterThan(enough), PATIENT);
}

/** What each stream should be, as it was committed. */
async function written({ database }: Replicas): Promise<Map<string, string>> {
  const rows = await database.query<{ id: string; desired: string }>(
    'SELECT id, desired FROM streams',
  );
  return new Map(rows.map(({ id, desired }) => [id, desired]));
}
