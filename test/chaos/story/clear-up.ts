/** Brings the world back to where the seed found it, for the next one. */
import { eventually } from '#test/support/eventually.js';

import { type Story } from './story.js';

const PATIENCE = { timeoutMs: 90_000, everyMs: 100 };

export async function clearUp(story: Story): Promise<void> {
  const { world, cameras } = story;
  await Promise.all(cameras.map((camera) => camera.become('live')));
  const rows = await world.ledger.workingRows();
  const [{ api }] = world.replicas;
  await Promise.all(rows.map(({ id }) => api.client.stop(id)));
  await eventually(async () => {
    const configured = await world.node.hand.configurations();
    const wanted = new Set((await world.ledger.workingRows()).map(({ path }) => path));
    const left = [...configured.keys()].filter((name) => !(name in world.node.inFile));
    // What nobody else removes: guests, and strangers that are most of the site.
    await Promise.all(
      left.filter((name) => !wanted.has(name)).map((name) => world.node.hand.remove(name)),
    );
    if (left.length > 0 || wanted.size > 0) throw new Error(`left: ${left.join(', ')}`);
  }, PATIENCE);
}
