/** The commands and their options. What they do is in a file of its own for each. */
import { Command } from 'commander';

import { addDatabaseCommands } from './database/commands.js';
import { EXIT_HELP } from './exit-codes.js';
import { addNodes } from './nodes/nodes.js';
import { type Surroundings } from './session.js';
import { addCheck } from './sources/check.js';
import { addList } from './streams/list.js';
import { addShow } from './streams/show.js';
import { addStart } from './streams/start.js';
import { addStop } from './streams/stop.js';
import { addWatch } from './streams/watch.js';
import { withoutUrls } from './without-urls.js';

export function vigiaProgram(surroundings: Surroundings): Command {
  const { terminal } = surroundings;
  const write = (text: string) => terminal.note(...text.trimEnd().split('\n'));
  const program = new Command('vigia')
    .description('Looks after the streams of Vigia, through its API.')
    .option('--api <url>', 'where the API is (default: VIGIA_API_URL, or http://127.0.0.1:3000)')
    .option('--json', 'answer in JSON, as the API does; failures as problem documents')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.say(...text.trimEnd().split('\n')),
      writeErr: write,
      // It quotes what was typed, and that may be a source with its password.
      outputError: (text) => write(withoutUrls(text)),
    })
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', EXIT_HELP)
    .exitOverride();
  const streams = program.command('streams').description('start, stop and see streams');
  [addList, addStart, addStop, addShow, addWatch].forEach((add) => {
    add(streams, surroundings);
  });
  [addNodes, addCheck, addDatabaseCommands].forEach((add) => {
    add(program, surroundings);
  });
  return program;
}
