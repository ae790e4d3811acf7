/** The node agent as a process, and the MediaMTX that it runs. */
import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';
import { type ChaosAgent, SPOILINGS } from '../world/chaos-node.js';
import { type Fault, NODE, NOTHING, diceOf, pick } from './fault.js';

const MOST_KILLS = 3;
const REPLICAS = [0, 1];

export function agentOf({ world }: Story): ChaosAgent {
  if (world.node.agent === null) throw new Error('this node has no agent');
  return world.node.agent;
}

/** Nothing else may be done to the node while its agent is in trouble. */
const onNode = (begin: Fault['begin']): Fault => ({ holds: () => [NODE], begin });

/** Once at least; the agent waits a little before it starts the third one in a row. */
async function killMediaMtx(story: Story, { dice }: FaultStep): Promise<void> {
  for (let kills = 0; kills <= dice % MOST_KILLS; kills += 1) await agentOf(story).killMediaMtx();
  story.foreign.forgotten();
}

/** @param at when the fault began */
async function noteBoot({ world, boots }: Story, at: number): Promise<void> {
  boots.push({ at, names: [...(await world.node.hand.configurations()).keys()] });
}

/** @param meanwhile is done as soon as it is down */
const agentDown = (meanwhile: (agent: ChaosAgent, step: FaultStep) => Promise<void>): Fault =>
  onNode(async (story, step) => {
    const agent = agentOf(story);
    await agent.kill();
    story.foreign.forgotten();
    await meanwhile(agent, step);
    return () => agent.start();
  });

export const agentFaults = {
  'MediaMTX killed under the agent': {
    holds: () => [NODE],
    isInstant: true,
    begin: async (story, step) => {
      const at = Date.now();
      await killMediaMtx(story, step);
      await noteBoot(story, at);
      return NOTHING;
    },
  },
  /** Cameras come back while nobody is there to ask for them. */
  'replicas and MediaMTX killed': {
    holds: () => [NODE, ...REPLICAS.map((index) => `replica ${index}`)],
    begin: async (story, step) => {
      const at = Date.now();
      const replicas = REPLICAS.map((index) => story.replica(index));
      await Promise.all(replicas.map(({ api }) => api.kill9()));
      await killMediaMtx(story, step);
      await noteBoot(story, at);
      return async () => {
        for (const replica of replicas) await replica.revive();
      };
    },
  },
  'agent killed': agentDown(NOTHING),
  'agent frozen': onNode(async (story) => {
    const agent = agentOf(story);
    await agent.freeze();
    return () => agent.thaw();
  }),
  'agent killed, its set spoilt': agentDown((agent, step) =>
    agent.spoil(pick(diceOf(step), SPOILINGS)),
  ),
} satisfies Record<string, Fault>;
