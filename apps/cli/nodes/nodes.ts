import { type Command } from 'commander';

import { EXIT } from '../exit-codes.js';
import { type Surroundings, openSession } from '../session.js';
import { nodeLines } from './node-lines.js';

export function addNodes(program: Command, surroundings: Surroundings): void {
  program
    .command('nodes')
    .description('show the MediaMTX nodes, and what is wrong with them')
    .action(async (_options: object, command: Command) => {
      const { api, terminal, isJson, now } = openSession(surroundings, command);
      const nodes = await api.nodes();
      if (isJson) {
        terminal.json(nodes);
      } else {
        terminal.say(...nodeLines(nodes.items, now()));
      }
      surroundings.finish(EXIT.ok);
    });
}
