/** The ways from the replicas to the node, to its agent and to Postgres: of one replica, or of both at once. */
import { eventually } from '#test/support/eventually.js';
import { type Proxy, type Weather } from '#test/support/proxy.js';

import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';
import { type Fault, NOTHING, diceOf } from './fault.js';

type Place = 'node' | 'postgres' | 'agent';

const MAX_DELAY_MS = 2_500;

/** Half of the time the way of both, which no take-over can help. */
function replicasOf({ replica, dice }: FaultStep): readonly number[] {
  return dice % 2 === 0 ? [replica] : [0, 1];
}

function waysOf(story: Story, step: FaultStep, place: Place): readonly Proxy[] {
  return replicasOf(step).flatMap((index) => {
    const { wayToNode, wayToPostgres, wayToAgent } = story.replica(index);
    return { node: wayToNode, postgres: wayToPostgres, agent: wayToAgent ?? [] }[place];
  });
}

function onWays(place: Place, spoil: (way: Proxy, step: FaultStep) => void): Fault {
  return {
    holds: (step) => replicasOf(step).map((replica) => `way of ${replica} to ${place}`),
    begin: async (story, step) => {
      const ways = waysOf(story, step, place);
      ways.forEach((way) => {
        spoil(way, step);
      });
      return async () => {
        ways.forEach((way) => {
          way.heal();
        });
        await eventually(() => {
          if (ways.some(({ late }) => late > 0)) throw new Error('requests are still on their way');
        });
      };
    },
  };
}

function cutting(place: Place): Fault {
  return {
    holds: () => [],
    isInstant: true,
    begin: async (story, step) => {
      waysOf(story, step, place).forEach((way) => {
        way.cut();
      });
      return NOTHING;
    },
  };
}

/** Of three requests one is late, some never arrive, and some are carried out in silence. */
function badWeather(step: FaultStep): () => Weather {
  const roll = diceOf(step);
  return () => {
    const [late, fate] = [roll(), roll()];
    return {
      delayMs: late < 0.35 ? Math.floor((late / 0.35) * MAX_DELAY_MS) : 0,
      fate: fate < 0.1 ? 'is lost' : fate < 0.25 ? 'arrives, its answer is lost' : 'arrives',
    };
  };
}

const silent = (way: Proxy): void => {
  way.blackHole();
};
const losingAnswers = (way: Proxy): void => {
  way.swallowAnswers();
};
const lateAndLossy = (way: Proxy, step: FaultStep): void => {
  way.disturb(badWeather(step));
};

export const wayFaults = {
  'way to the node silent': onWays('node', silent),
  'way to the node cut': cutting('node'),
  'way to the node loses answers': onWays('node', losingAnswers),
  'way to the node late and lossy': onWays('node', lateAndLossy),
  'way to postgres silent': onWays('postgres', silent),
  'way to postgres cut': cutting('postgres'),
  'way to postgres loses answers': onWays('postgres', losingAnswers),
  'way to postgres late and lossy': onWays('postgres', lateAndLossy),
  'way to the agent silent': onWays('agent', silent),
  'way to the agent cut': cutting('agent'),
  'way to the agent loses answers': onWays('agent', losingAnswers),
  'way to the agent late and lossy': onWays('agent', lateAndLossy),
} satisfies Record<string, Fault>;
