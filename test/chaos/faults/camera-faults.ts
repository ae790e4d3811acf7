/** The cameras, which nobody can mend from here. */
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

export const cameraFaults = {
  'camera dead': becoming('dead'),
  'camera silent': becoming('silent'),
  'camera frozen': becoming('frozen'),
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
