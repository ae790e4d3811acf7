import { type Command, Option } from 'commander';

import { type StartStream } from '#api-client/client.js';

import { WrongUsage } from '../api/failures.js';
import { type ExitCode } from '../exit-codes.js';
import { startedLines } from '../output/stream-lines.js';
import { type Session, type Surroundings, openSession } from '../session.js';
import { readSource } from '../sources/read-source.js';
import { aLabel, concurrencyOption, labelsOf, wholeNumber } from './options.js';
import { startMany } from './start-many.js';
import { type StartFields, type StartRequest, codeOfStart } from './start-request.js';

/** As long as the API holds an answer. */
const MAX_WAIT_S = 30;
const WAIT_S = 10;

const TRANSPORTS = ['tcp', 'udp', 'multicast', 'automatic'] satisfies StartStream['transport'][];

interface StartOptions {
  readonly file?: string;
  readonly onDemand?: true;
  readonly transport?: NonNullable<StartStream['transport']>;
  readonly label?: readonly string[];
  readonly wait?: number | true;
  readonly concurrency: number;
}

const FILE_HELP = `
SOURCE may be -, and is then read from standard input: what is typed is seen in the list of processes.

--file starts many. Each entry is what the API takes for one: cameraId, source, and if wanted
onDemand, transport, labels. The options above are for the entries that do not say otherwise.
A YAML file is a list of entries; .jsonl, .ndjson and - (standard input) have one JSON object a line.`;

export function addStart(streams: Command, surroundings: Surroundings): void {
  streams
    .command('start')
    .description('start streaming a camera, or many')
    .argument('[camera]', 'your own identifier of the camera')
    .argument('[source]', 'the URL that MediaMTX pulls, or -')
    .option('--on-demand', 'pull the camera only while somebody watches')
    .addOption(new Option('--transport <name>', 'how an RTSP source is pulled').choices(TRANSPORTS))
    .option('--label <key=value>', 'a label; may be repeated', aLabel)
    .option(
      '--wait [seconds]',
      `wait until it runs, ${WAIT_S} s if not said; fails when it does not`,
      wholeNumber(1, MAX_WAIT_S),
    )
    .option('--file <name>', 'start all that this file names')
    .addOption(concurrencyOption())
    .addHelpText('after', FILE_HELP)
    .action(
      async (
        camera: string | undefined,
        source: string | undefined,
        options: StartOptions,
        command: Command,
      ) => {
        const session = openSession(surroundings, command);
        surroundings.finish(await start(session, [camera, source], options));
      },
    );
}

async function start(
  session: Session,
  [cameraId, source]: readonly [string | undefined, string | undefined],
  options: StartOptions,
): Promise<ExitCode> {
  const { file } = options;
  const request: StartRequest = { fields: fieldsOf(options), waitS: waitOf(options) };
  if (file !== undefined && cameraId === undefined) {
    return startMany(session, { ...request, file, concurrency: options.concurrency });
  }
  if (file !== undefined || cameraId === undefined || source === undefined) {
    throw new WrongUsage('Name a camera and its source, or a --file.');
  }
  const body = { cameraId, source: await readSource(source, session), ...request.fields };
  const stream = await session.api.start(body, request.waitS);
  if (session.isJson) {
    session.terminal.json(stream);
  } else {
    session.terminal.say(...startedLines(stream));
  }
  return codeOfStart([stream], request.waitS);
}

function fieldsOf({ onDemand, transport, label }: StartOptions): StartFields {
  return {
    ...(onDemand && { onDemand }),
    ...(transport && { transport }),
    ...(label && { labels: labelsOf(label) }),
  };
}

function waitOf({ wait }: StartOptions): number | null {
  return wait === true ? WAIT_S : (wait ?? null);
}
