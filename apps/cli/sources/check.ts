import { type Command } from 'commander';

import { EXIT, type ExitCode } from '../exit-codes.js';
import { type Session, type Surroundings, openSession } from '../session.js';
import { checkLines } from './check-lines.js';
import { readSource } from './read-source.js';

const HELP = `
SOURCE may be -, and is then read from standard input: what is typed is seen, with its password, in
the list of processes and in the history of the shell.

A source that is not reachable is a failure: exit code 1.`;

export function addCheck(program: Command, surroundings: Surroundings): void {
  program
    .command('check')
    .description('ask a source whether it would deliver, without a stream')
    .argument('<source>', 'the URL that MediaMTX would pull, or -')
    .addHelpText('after', HELP)
    .action(async (source: string, _options: object, command: Command) => {
      surroundings.finish(await check(openSession(surroundings, command), source));
    });
}

async function check(session: Session, source: string): Promise<ExitCode> {
  const { api, terminal, isJson } = session;
  const checked = await api.checkSource(await readSource(source, session));
  if (isJson) {
    terminal.json(checked);
  } else {
    terminal.say(...checkLines(checked));
  }
  // Null: it tells nobody but who pulls it, which is no failure.
  return checked.reachable === false ? EXIT.failed : EXIT.ok;
}
