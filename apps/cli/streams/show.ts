import { type Command } from 'commander';

import { WrongUsage } from '../api/failures.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { detailLines } from '../output/stream-lines.js';
import { type Session, type Surroundings, openSession } from '../session.js';
import { newestOfCamera } from './newest-of-camera.js';

interface ShowOptions {
  readonly camera?: string;
}

export function addShow(streams: Command, surroundings: Surroundings): void {
  streams
    .command('show')
    .description('show all that is known of one stream')
    .argument('[id]', 'the stream')
    .option('--camera <id>', 'instead: the newest stream of this camera')
    .action(async (id: string | undefined, options: ShowOptions, command: Command) => {
      surroundings.finish(await show(openSession(surroundings, command), id, options));
    });
}

async function show(
  { api, terminal, isJson, now }: Session,
  id: string | undefined,
  { camera }: ShowOptions,
): Promise<ExitCode> {
  if ((id === undefined) === (camera === undefined)) {
    throw new WrongUsage('Name the stream by its id, or by --camera.');
  }
  const { id: known } = id === undefined ? await newestOfCamera(api, String(camera)) : { id };
  const stream = await api.stream(known);
  if (isJson) {
    terminal.json(stream);
  } else {
    terminal.say(...detailLines(stream, now()));
  }
  return EXIT.ok;
}
