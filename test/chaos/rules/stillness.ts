/** Once all is as it should be nobody writes: not to the node, and not to Postgres. */
import { setTimeout as delay } from 'node:timers/promises';

import { type Story } from '../story/story.js';
import { CONFIG_AUDIT_MS, TICK_MS } from '../world/settings.js';

const TICKS = 3;
/** Time for a tick to end, after it has begun. */
const SLACK_MS = 300;

export async function stillnessFaults({ world, tag }: Story): Promise<string[]> {
  const before = await world.ledger.fingerprint(tag);
  const writesBefore = world.writes.count;
  await delay(Math.max(TICKS * TICK_MS, CONFIG_AUDIT_MS) + SLACK_MS);
  const after = await world.ledger.fingerprint(tag);
  const names = new Set([...before.keys(), ...after.keys()]);
  return [
    ...[...names]
      .filter((name) => before.get(name) !== after.get(name))
      .map((name) => `${name} changed in quiet: ${before.get(name)} → ${after.get(name)}`),
    ...world.writes
      .since(writesBefore)
      .map(({ method, target }) => `a write in quiet: ${method} ${target}`),
  ];
}
