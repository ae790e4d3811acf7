/** The cameras, which nobody can mend from here. */
import { setTimeout as delay } from 'node:timers/promises';

import { type StoryCamera } from '../story/cameras.js';
import { type CameraBehaviour } from '../world/chaos-node.js';
import { type Fault, NOTHING, diceOf, pick } from './fault.js';

type Holds = Fault['holds'];

const theCamera: Holds = ({ camera }, story) => [story.camera(camera).id];

function becoming(behaviour: CameraBehaviour): Fault {
  return {
    holds: theCamera,
    begin: async (story, { camera }) => {
      const victim: StoryCamera = story.camera(camera);
      if (victim.behaviour !== 'live') return null;
      await victim.become(behaviour);
      return () => victim.become('live');
    },
  };
}

/** Vigia asks a camera that has been silent for 3 s; a refusal that ends sooner is one for nobody. */
const ASKED_WITHIN_MS = 3_500;
const MOST_DROPS = 6;

/** Half of the time for good. What was refused meanwhile stays parked when it would be taken again. */
const refusing: Fault = {
  holds: theCamera,
  begin: async (story, step) => {
    const victim = story.camera(step.camera);
    if (victim.behaviour !== 'live') return null;
    await victim.become('refusing');
    if (step.dice % 2 === 0) return NOTHING;
    return async () => {
      await delay(ASKED_WITHIN_MS);
      await victim.become('live');
    };
  },
};

/** Loses its connection again and again, from 0.3 to 2 s apart. */
const flapping: Fault = {
  holds: theCamera,
  isInstant: true,
  begin: async (story, step) => {
    const victim = story.camera(step.camera);
    const roll = diceOf(step);
    const drops = 3 + Math.floor(roll() * (MOST_DROPS - 2));
    const hasPath = victim.behaviour === 'live' && (await dropped(victim));
    for (let drop = 1; hasPath && drop < drops; drop += 1) {
      await delay(300 + roll() * 1_700);
      await dropped(victim);
    }
    return hasPath ? NOTHING : null;
  },
};

/** @returns false when there is no path that could lose anything */
function dropped(victim: StoryCamera): Promise<boolean> {
  return victim.drop().then(
    () => true,
    () => false,
  );
}

export const cameraFaults = {
  'camera dead': becoming('dead'),
  'camera silent': becoming('silent'),
  'camera frozen': becoming('frozen'),
  'camera does not know the path': becoming('unknowing'),
  'camera refuses the password': refusing,
  'camera flaps': flapping,
  'camera dies for good': {
    holds: theCamera,
    isInstant: true,
    begin: async (story, step) => {
      await story.camera(step.camera).become(pick(diceOf(step), ['dead', 'silent'] as const));
      return NOTHING;
    },
  },
  'camera blinks': {
    holds: theCamera,
    isInstant: true,
    begin: async (story, { camera }) => {
      const victim = story.camera(camera);
      // There is nothing to interrupt while nobody pulls it.
      return victim.blink().then(
        () => NOTHING,
        () => null,
      );
    },
  },
} satisfies Record<string, Fault>;
