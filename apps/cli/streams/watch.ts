import { type Command } from 'commander';

import { EXIT } from '../exit-codes.js';
import { type Surroundings, openSession } from '../session.js';
import { type Watched } from '../watch/look.js';
import { watch } from '../watch/watch.js';
import { seconds } from './options.js';

/** Too low: the API is asked more than anything changes. */
const INTERVAL_S = 2;

interface WatchOptions {
  readonly camera: readonly string[];
  readonly interval: number;
}

export function addWatch(streams: Command, surroundings: Surroundings): void {
  streams
    .command('watch')
    .description('tell how streams are, and then each change of it, until Ctrl-C')
    .argument('[id...]', 'the streams; all: every active one, which is what none means too')
    .option('--camera <id...>', 'the newest streams of these cameras', [])
    .option('--interval <seconds>', 'how often to look', seconds(0.1, 3_600), INTERVAL_S)
    .action(async (ids: string[], { camera, interval }: WatchOptions, command: Command) => {
      const session = openSession(surroundings, command);
      const watched = watchedOf(ids, camera);
      await watch(session, { watched, intervalMs: interval * 1_000 });
      surroundings.finish(EXIT.ok);
    });
}

function watchedOf(ids: readonly string[], cameraIds: readonly string[]): Watched {
  const isAll = ids.includes('all') || ids.length + cameraIds.length === 0;
  return isAll ? { kind: 'active' } : { kind: 'named', ids, cameraIds };
}
