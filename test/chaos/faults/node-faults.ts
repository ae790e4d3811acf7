/** MediaMTX as a process, and its file. */
import { type Fault, NODE, NOTHING } from './fault.js';

export const nodeFaults = {
  'node restarted': {
    holds: () => [NODE],
    isInstant: true,
    begin: async ({ world: { node }, foreign }) => {
      await node.kill();
      await node.revive();
      foreign.forgotten();
      return NOTHING;
    },
  },
  'node killed for a while': {
    holds: () => [NODE],
    begin: async ({ world: { node }, foreign }) => {
      await node.kill();
      foreign.forgotten();
      return () => node.revive();
    },
  },
  'node frozen': {
    holds: () => [NODE],
    begin: async (story) => {
      const { node } = story.world;
      await node.freeze();
      // Only a real one stops as a whole: a simulated camera goes on sending.
      story.isNodeFrozen = node.isReal;
      return async () => {
        await node.thaw();
        story.isNodeFrozen = false;
      };
    },
  },
  'file rewritten': {
    holds: () => [NODE],
    isInstant: true,
    begin: async ({ world: { node }, foreign }) => {
      await node.rewriteFile();
      foreign.forgotten();
      return NOTHING;
    },
  },
} satisfies Record<string, Fault>;
