/** Vigia itself: killed, ended in an orderly way, or stopped in the middle of whatever it does. */
import { CRASH_LABELS } from '#test/support/crash/crash-labels.js';

import { type Fault, diceOf, pick } from './fault.js';

const theReplica: Fault['holds'] = ({ replica }) => [`replica ${replica}`];

export const replicaFaults = {
  'replica killed': {
    holds: theReplica,
    begin: async (story, step) => {
      const replica = story.replica(step.replica);
      await replica.api.kill9();
      return () => replica.revive();
    },
  },
  'replica ended': {
    holds: theReplica,
    begin: async (story, step) => {
      const replica = story.replica(step.replica);
      replica.api.signal('SIGTERM');
      await replica.api.exitCode();
      return () => replica.revive();
    },
  },
  'replica frozen': {
    holds: theReplica,
    begin: async (story, step) => {
      const { api } = story.replica(step.replica);
      api.signal('SIGSTOP');
      return async () => api.signal('SIGCONT');
    },
  },
  /** In the end it is killed where it is, should it never have come to that point. */
  'replica dies at a crash point': {
    holds: theReplica,
    begin: async (story, step) => {
      const replica = story.replica(step.replica);
      replica.api.crashAt(pick(diceOf(step), CRASH_LABELS));
      return async () => {
        await replica.api.kill9();
        await replica.revive();
      };
    },
  },
} satisfies Record<string, Fault>;
