/** MediaMTX's double with the paths of a site in its file; it counts what is written to it. */
import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';

import { deadPaths } from '../support/paths.js';
import { given } from './given.js';

export interface SimulatorGiven {
  readonly port: number;
  /** All of them pretend to be live. */
  readonly paths: number;
}

const { port, paths } = given() as SimulatorGiven;
const simulator = await MediaMtxSimulator.start({ port, filePaths: deadPaths(paths) });
let answer = 0;

process.on('SIGUSR2', () => {
  answer += 1;
  const said = { bench: answer, configWrites: simulator.configWrites };
  process.stdout.write(`${JSON.stringify(said)}\n`);
});
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`simulator at ${simulator.url}\n`);
