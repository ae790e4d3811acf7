/** What somebody does at the node by hand: to our paths, beside them, and to their own. */
import { type ApiAnswer, type Json } from '#test/support/mediamtx/control-api.js';

import { eventually } from '#test/support/eventually.js';

import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';
import { FOREIGN_IN_FILE } from '../world/chaos-node.js';
import { PREFIX } from '../world/settings.js';
import { type End, type Fault, NODE, NOTHING, diceOf, pick } from './fault.js';

const STRANGE = 'rtsp://127.0.0.1:9/strange';
const POISON = { source: 'ftp://poison.invalid/' };

/** Nobody can do anything by hand at a node that is dead, dying, frozen or poisoned. */
function byHand(act: (story: Story, step: FaultStep) => Promise<boolean>): Fault {
  return {
    holds: () => [NODE],
    isInstant: true,
    begin: async (story, step) => ((await act(story, step)) ? NOTHING : null),
  };
}

const done = ({ status }: ApiAnswer): boolean => status === 200;

/** A patch makes no path where there is none. */
function altered(bodyOf: (story: Story, step: FaultStep) => Promise<Json>): Fault {
  return byHand(async (story, step) => {
    const { path } = story.camera(step.camera);
    return done(await story.world.node.hand.patch(path, await bodyOf(story, step)));
  });
}

async function exists(story: Story, path: string): Promise<boolean> {
  return (await story.world.node.hand.configurations()).has(path);
}

async function addForeign(story: Story, { dice }: FaultStep): Promise<string | null> {
  const name = pick(() => dice / 1_000, ['guest', 'camera/guest', 'cameras', 'zoo']);
  const body = { source: `rtsp://127.0.0.1:9/${dice}`, sourceOnDemand: true };
  if (!done(await story.world.node.hand.replace(name, body))) return null;
  story.foreign.added(name, body);
  return name;
}

async function poisonForeign(story: Story, step: FaultStep): Promise<End | null> {
  const { hand } = story.world.node;
  const name = await addForeign(story, step);
  if (name === null) return null;
  await hand.patch(name, POISON);
  return () => removeForeign(story, name);
}

/** One that a poisoned own path refuses for now is removed once that one is healed. */
async function removeForeign(story: Story, name: string): Promise<void> {
  await eventually(
    async () => {
      const { status } = await story.world.node.hand.remove(name);
      if (status !== 200 && status !== 404) throw new Error(`not removed: ${status}`);
    },
    { timeoutMs: 20_000, everyMs: 200 },
  );
  story.foreign.removed(name);
}

/** Two poisoned paths hold each other: neither can be replaced, and only a new file helps. */
async function isPoisoned({ world }: Story): Promise<boolean> {
  const { hand, inFile } = world.node;
  const [[name, body] = ['', {}]] = Object.entries(FOREIGN_IN_FILE);
  const isRefused = (await hand.replace(name, body)).status !== 200;
  if (!isRefused && !(name in inFile)) await hand.remove(name);
  return isRefused;
}

async function takeOverByCatchAll(story: Story, step: FaultStep): Promise<End | null> {
  const { node } = story.world;
  const { path } = story.camera(step.camera);
  if (!(await exists(story, path))) return null;
  const catchAll = { source: STRANGE, sourceOnDemand: true };
  if (!done(await node.hand.replace('all_others', catchAll))) return null;
  story.foreign.added('all_others', catchAll);
  await node.hand.remove(path);
  if (!node.isReal) node.view(path);
  return () => removeForeign(story, 'all_others');
}

export const handFaults = {
  'path deleted by hand': byHand(async (story, { camera }) =>
    done(await story.world.node.hand.remove(story.camera(camera).path)),
  ),
  'source altered by hand': altered(async () => ({ source: STRANGE })),
  'flag altered by hand': altered(async (story, { camera }) => {
    const configurations = await story.world.node.hand.configurations();
    const path = configurations.get(story.camera(camera).path);
    return { sourceOnDemand: path?.['sourceOnDemand'] !== true };
  }),
  'transport altered by hand': altered(async () => ({ rtspTransport: 'udp' })),
  'path taken over by hand': byHand(async (story, { camera }) => {
    const { path } = story.camera(camera);
    if (!(await exists(story, path))) return false;
    return done(await story.world.node.hand.replace(path, { source: 'publisher' }));
  }),
  'path taken over by a catch-all': { holds: () => [NODE], begin: takeOverByCatchAll },
  'foreign path added': byHand(async (story, step) => (await addForeign(story, step)) !== null),
  'stranger under the prefix': byHand(async (story, step) => {
    const name = `${PREFIX}/stranger-${pick(diceOf(step), ['a', 'b'])}`;
    return done(await story.world.node.hand.replace(name, { source: STRANGE }));
  }),
  'own path poisoned': byHand(async (story, { camera }) => {
    const { path } = story.camera(camera);
    if (await isPoisoned(story)) return false;
    // The refusal is what poisons.
    return (await story.world.node.hand.patch(path, POISON)).status === 400;
  }),
  'foreign path poisoned': { holds: () => [NODE], begin: poisonForeign },
} satisfies Record<string, Fault>;
