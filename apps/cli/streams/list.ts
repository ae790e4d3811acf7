import { type Command, Option } from 'commander';

import { type StreamQuery, type StreamStatus } from '#api-client/client.js';

import { EXIT, type ExitCode } from '../exit-codes.js';
import { streamTable } from '../output/stream-lines.js';
import { type Session, type Surroundings, openSession } from '../session.js';
import { listAtMost } from './list-at-most.js';
import { aLabel, wholeNumber } from './options.js';

const STATUSES = ['STARTING', 'RUNNING', 'ERROR', 'STOPPED'] satisfies StreamStatus[];

interface ListOptions {
  readonly status?: StreamStatus;
  readonly camera?: string;
  readonly label?: readonly string[];
  readonly limit: number;
  readonly all?: true;
}

export function addList(streams: Command, surroundings: Surroundings): void {
  streams
    .command('list')
    .description('show streams, newest first')
    .addOption(new Option('--status <status>', 'only of this status').choices(STATUSES))
    .option('--camera <id>', 'only of this camera')
    .option('--label <key=value>', 'only with this label; may be repeated', aLabel)
    .option('--limit <count>', 'how many at most', wholeNumber(1, 1_000_000), 50)
    .option('--all', 'all of them')
    .action(async (options: ListOptions, command: Command) => {
      surroundings.finish(await list(openSession(surroundings, command), options));
    });
}

async function list(
  { api, terminal, isJson, now }: Session,
  { status, camera, label, limit, all }: ListOptions,
): Promise<ExitCode> {
  const query: StreamQuery = {
    ...(status && { status }),
    ...(camera !== undefined && { cameraId: camera }),
    ...(label && { label: [...label] }),
  };
  const streams = await listAtMost(api, query, all ? Infinity : limit);
  if (isJson) {
    terminal.json(streams);
    return EXIT.ok;
  }
  terminal.say(...streamTable(streams.items, now()));
  if (streams.nextCursor !== null) {
    terminal.note('There are more: --all or --limit shows them.');
  }
  return EXIT.ok;
}
