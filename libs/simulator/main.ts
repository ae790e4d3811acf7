/** The simulator as a process of its own, for a local stack without a real MediaMTX. */
import { MediaMtxSimulator } from './media-mtx-simulator.js';

// eslint-disable-next-line no-restricted-properties -- a process of its own, not part of the API
const { SIMULATOR_PORT, SIMULATOR_HOST } = process.env;

/** Too high: an orphan keeps the port after its parent was killed. */
const PARENT_CHECK_MS = 500;

const port = Number(SIMULATOR_PORT ?? '9997');
const simulator = await MediaMtxSimulator.start({
  port,
  writeCostMsPerPath: 0.085,
  ...(SIMULATOR_HOST === undefined ? {} : { host: SIMULATOR_HOST }),
});

process.stderr.write(
  `*** SIMULATOR at ${simulator.url}: this is not MediaMTX. NO MEDIA FLOWS. Every source pretends to be live. ***\n`,
);

async function exit(): Promise<void> {
  await simulator.stop();
  process.exit(0);
}

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void exit();
}, PARENT_CHECK_MS);
process.once('SIGTERM', () => void exit());
process.once('SIGINT', () => void exit());
