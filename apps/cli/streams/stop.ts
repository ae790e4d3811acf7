import { type Command } from 'commander';

import { type Stream } from '#api-client/client.js';

import { WrongUsage } from '../api/failures.js';
import { type Job, doAll } from '../bulk/do-all.js';
import { showProgress } from '../bulk/progress.js';
import { tellFailures } from '../bulk/tell-outcome.js';
import { type ExitCode } from '../exit-codes.js';
import { streamTable } from '../output/stream-lines.js';
import { type Session, type Surroundings, openSession } from '../session.js';
import { newestOfCamera } from './newest-of-camera.js';
import { concurrencyOption } from './options.js';

interface StopOptions {
  readonly camera: readonly string[];
  readonly concurrency: number;
}

export function addStop(streams: Command, surroundings: Surroundings): void {
  streams
    .command('stop')
    .description('stop streams, for good; one that is stopped already stays as it is')
    .argument('[id...]', 'the streams')
    .option('--camera <id...>', 'the active streams of these cameras', [])
    .addOption(concurrencyOption())
    .action(async (ids: string[], options: StopOptions, command: Command) => {
      surroundings.finish(await stop(openSession(surroundings, command), ids, options));
    });
}

async function stop(
  session: Session,
  ids: readonly string[],
  { camera: cameraIds, concurrency }: StopOptions,
): Promise<ExitCode> {
  const { api, terminal, isJson, now } = session;
  const jobs: Job<Stream>[] = [
    ...ids.map((id) => ({ name: id, do: () => api.stop(id) })),
    ...cameraIds.map((cameraId) => ({
      name: cameraId,
      do: async () => api.stop((await newestOfCamera(api, cameraId)).id),
    })),
  ];
  if (jobs.length === 0) {
    throw new WrongUsage('Name the streams by their ids, or by --camera.');
  }
  const progress = showProgress(terminal, 'stopping', jobs.length);
  const outcome = await doAll(jobs, { concurrency, progress });
  if (isJson) {
    terminal.json(outcome.done);
  } else if (outcome.done.length > 0) {
    terminal.say(...streamTable(outcome.done, now()));
  }
  return tellFailures(session, outcome);
}
