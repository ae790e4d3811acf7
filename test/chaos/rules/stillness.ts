/**
 * Once all is as it should be nobody writes: not to the node, and not to Postgres. But a camera that is
 * no good is asked again now and then, and what it says may be another reason.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { type Story } from '../story/story.js';
import { type Mark } from '../world/ledger.js';
import { CONFIG_AUDIT_MS, TICK_MS } from '../world/settings.js';

const TICKS = 3;
/** Time for a tick to end, after it has begun. */
const SLACK_MS = 300;

export async function stillnessFaults(story: Story): Promise<string[]> {
  const { world, tag } = story;
  const before = await world.ledger.marks(tag);
  const [writesBefore, setsBefore] = [world.writes.count, world.sets.count];
  await delay(Math.max(TICKS * TICK_MS, CONFIG_AUDIT_MS) + SLACK_MS);
  const after = await world.ledger.marks(tag);
  return [
    ...changes(story, before, after),
    ...[...world.writes.since(writesBefore), ...world.sets.since(setsBefore)].map(
      ({ method, target }) => `a write in quiet: ${method} ${target}`,
    ),
  ];
}

type Marks = ReadonlyMap<string, Mark>;

function changes(story: Story, before: Marks, after: Marks): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    const isSame = JSON.stringify(one) === JSON.stringify(other) || isLearnt(story, one, other);
    return isSame
      ? []
      : [`${name} changed in quiet: ${JSON.stringify(one)} → ${JSON.stringify(other)}`];
  });
}

/** One more reason of the same error, and one event that says so. */
function isLearnt({ cameras }: Story, before?: Mark, after?: Mark): boolean {
  if (before?.status !== 'ERROR' || after?.status !== 'ERROR') return false;
  const isDead = cameras.some(({ id, behaviour }) => id === after.cameraId && behaviour !== 'live');
  const isOne = (count: 'reasons' | 'events' | 'version'): boolean =>
    after[count] === before[count] + 1;
  return isDead && isOne('reasons') && isOne('events') && isOne('version');
}
