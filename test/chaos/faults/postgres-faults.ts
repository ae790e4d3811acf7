import { type World } from '../world/world.js';
import { type Fault, NOTHING, POSTGRES } from './fault.js';

const restart =
  (signal: NodeJS.Signals): Fault['begin'] =>
  async ({ world: { postgres } }: { world: World }) => {
    await postgres.stop(signal);
    await postgres.start();
    return NOTHING;
  };

export const postgresFaults = {
  'postgres restarted': { holds: () => [POSTGRES], isInstant: true, begin: restart('SIGINT') },
  'postgres crashed': { holds: () => [POSTGRES], isInstant: true, begin: restart('SIGQUIT') },
  'postgres out': {
    holds: () => [POSTGRES],
    begin: async ({ world: { postgres } }) => {
      await postgres.stop();
      return () => postgres.start();
    },
  },
} satisfies Record<string, Fault>;
