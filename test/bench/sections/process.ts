import { setTimeout as delay } from 'node:timers/promises';

import { type ApiProcess } from '#test/support/api/api-process.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { type Figure, atMost, megabytes, ms, seconds } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { type Bench } from '../support/bench.js';
import { Control } from '../support/control.js';
import { type FirstRunning, firstRunning, withDataFolder } from '../support/first-running.js';
import { startApi } from '../support/measured-api.js';
import { LOOP_OBSERVED_ENV, type Observed, observe } from '../support/observed-process.js';
import { seedStreams } from '../support/seed-streams.js';
import { SimulatedSite, onSimulatedSite } from '../support/simulated-site.js';

const MANY = 10_000;
const RESTORED = 1_000;
/** Ten ticks: garbage of several is there, and was collected. */
const SETTLED_MS = 50_000;
const SAMPLE_MS = 2_000;
const FIRST_MS = 20_000;
const POLL_MS = 20;

export const process: Section = {
  name: 'process',
  title: 'The process',
  compares: `The API at its default settings, as the operating system and its own event loop see it. _Memory_ is the resident set, the most in ${SETTLED_MS / 1_000} s of ticks. _Event-loop delay_ is how much later than asked a timer of 1 ms fires, in a process that restores ${RESTORED} paths to a node that costs nothing (the simulator) as fast as it can, with the dial limit off, and at a real MediaMTX at the default limit. _First \`RUNNING\`_ is the time from \`npm start\`, which builds, through database, MediaMTX, test camera and API, to the 201 of a start of that camera that waits for \`RUNNING\`.`,
  needsMediaMtx: true,
  measure,
};

async function measure(bench: Bench): Promise<Figure[]> {
  bench.say('memory');
  const memory = [await memoryAt(0), await memoryAt(MANY)].flat();
  bench.say('event-loop delay');
  const loop = [await restoreAtSimulator(), await restoreAtMediaMtx(bench)];
  bench.say('first RUNNING');
  return [...memory, ...loop, ...(await firstRunnings())];
}

async function memoryAt(streams: number): Promise<Figure[]> {
  return onSimulatedSite({ streams, env: LOOP_OBSERVED_ENV }, async (api) => {
    const seen = await sampled(api, streams === 0 ? SETTLED_MS / 5 : SETTLED_MS);
    const mostMb = Math.max(...seen.map(({ rssMb }) => rssMb));
    if (streams === 0) return [{ what: 'memory at start', ours: megabytes(mostMb) }];
    const longest = Math.max(...seen.map(({ loopMaxMs }) => loopMaxMs ?? 0));
    return [
      {
        what: `memory at ${streams} streams`,
        ours: megabytes(mostMb),
        goal: atMost(mostMb, 320, megabytes),
      },
      { what: `longest event-loop delay at ${streams} streams: a tick`, ours: ms(longest) },
    ];
  });
}

async function sampled(api: ApiProcess, forMs: number): Promise<Observed[]> {
  const seen: Observed[] = [];
  await observe(asked(api));
  for (let ms = 0; ms < forMs; ms += SAMPLE_MS) {
    await delay(SAMPLE_MS);
    seen.push(await observe(asked(api)));
  }
  return seen;
}

async function restoreAtSimulator(): Promise<Figure> {
  const site = await SimulatedSite.open({ streams: RESTORED, paths: 0 });
  const { database, nodeUrl } = site;
  try {
    const seen = await restore(database, nodeUrl, { env: { DIALS_PER_SECOND: '0' } });
    return loopFigure(seen, 'as fast as it can');
  } finally {
    await site.close();
  }
}

async function restoreAtMediaMtx({ mediaMtx }: Bench): Promise<Figure> {
  const database = await TestDatabase.create();
  await seedStreams(database, { count: RESTORED });
  const node = await RealMediaMtx.start(mediaMtx);
  try {
    const seen = await restore(database, node.url, { forMs: FIRST_MS });
    return loopFigure(seen, `at MediaMTX, its first ${seconds(FIRST_MS)}`);
  } finally {
    await node.stop();
    await database.close();
  }
}

/** @returns what the loop was like from the first path to the last, or for so long */
async function restore(
  database: TestDatabase,
  nodeUrl: string,
  { env = {}, forMs }: { env?: Readonly<Record<string, string>>; forMs?: number },
): Promise<Observed> {
  const api = await startApi(database.url, nodeUrl, { ...LOOP_OBSERVED_ENV, ...env });
  const control = new Control(nodeUrl);
  try {
    await control.untilListed(1, POLL_MS);
    await observe(asked(api));
    await (forMs === undefined ? control.untilListed(RESTORED, POLL_MS) : delay(forMs));
    return await observe(asked(api));
  } finally {
    control.close();
    await api.stop();
  }
}

function loopFigure({ loopP99Ms }: Observed, how: string): Figure {
  if (loopP99Ms === null) throw new Error('the event loop was not observed');
  return {
    what: `event-loop delay p99 during a restore of ${RESTORED}, ${how}`,
    ours: ms(loopP99Ms),
    goal: atMost(loopP99Ms, 20, ms),
  };
}

function asked(api: ApiProcess): Parameters<typeof observe>[0] {
  return {
    get logs() {
      return api.logs;
    },
    signal: (signal) => api.signal(signal),
  };
}

async function firstRunnings(): Promise<Figure[]> {
  return withDataFolder(async (dataDir) => [
    startFigure('an empty data folder', await firstRunning(dataDir)),
    startFigure('the second time', await firstRunning(dataDir)),
  ]);
}

function startFigure(how: string, { builtMs, upMs, runningMs }: FirstRunning): Figure {
  const [build, stack, stream] = [builtMs, upMs - builtMs, runningMs - upMs].map(seconds);
  return {
    what: `\`npm start\` to the first \`RUNNING\`, ${how}`,
    ours: `${seconds(runningMs)}: build ${build ?? ''}, stack ${stack ?? ''}, stream ${stream ?? ''}`,
  };
}
