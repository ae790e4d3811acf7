import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { type Figure, atMost, fraction, seconds, times } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median, medianRatio } from '../figures/statistics.js';
import { type Bench, sideBySide } from '../support/bench.js';
import { Control } from '../support/control.js';
import { startApi, untilLooked } from '../support/measured-api.js';
import { deadPaths } from '../support/paths.js';
import { seedStreams } from '../support/seed-streams.js';
import { afterKill9, liveAfterKill9 } from '../support/agent-recovery.js';

/** One after the other, a thousand take a minute. */
const SIZES = [
  { paths: 100, rounds: 5 },
  { paths: 300, rounds: 3 },
  { paths: 1_000, rounds: 1 },
];
const LARGEST = 1_000;
const AGENT_ROUNDS = 5;
const LIVE_CAMERAS = 100;

export const recovery: Section = {
  name: 'recovery',
  title: 'Recovery',
  compares: `A real MediaMTX is killed with \`kill -9\`. _By API_: it starts again with an empty file, and Vigia, with the dial limit off, puts the paths back; against the same \`replace\` calls, one after the other, on a connection that is kept. Both from the first path that is listed to the last; that Vigia has to notice first stands in a row of its own, and takes a look, every 5 s. _By the agent_: MediaMTX runs under \`vigia-node\`; from the kill until all paths are listed, against the same serial calls. Sources refuse at once, but for the last row: there ${LIVE_CAMERAS} paths pull a live camera over TCP, and all must be available.`,
  needsMediaMtx: true,
  measure,
};

interface BySize {
  readonly paths: number;
  readonly serialMs: number;
  readonly figures: readonly Figure[];
}

async function measure(bench: Bench): Promise<Figure[]> {
  const byApi: BySize[] = [];
  const byAgent: Figure[] = [];
  for (const size of SIZES) {
    bench.say(`${size.paths} paths by API`);
    const restored = await byApiAtSize(bench, size);
    byApi.push(restored);
    bench.say(`${size.paths} paths by the agent`);
    byAgent.push(await byAgentAtSize(bench, restored));
  }
  bench.say(`${LIVE_CAMERAS} live cameras`);
  const live = await liveAfterKill9(bench.mediaMtx, LIVE_CAMERAS, AGENT_ROUNDS);
  return [...byApi.flatMap(({ figures }) => figures), ...byAgent, liveFigure(live)];
}

async function byApiAtSize(
  bench: Bench,
  { paths, rounds }: (typeof SIZES)[number],
): Promise<BySize> {
  const noticed: number[] = [];
  const ours = async (): Promise<number> => {
    const { noticedMs, restoredMs } = await restoreOnce(bench, paths);
    noticed.push(noticedMs);
    return restoredMs;
  };
  const values = await sideBySide(rounds, ours, () => serialOnce(bench, paths));
  const ratio = medianRatio(values.ours, values.theirs);
  const serialMs = median(values.theirs);
  const restored: Figure = {
    what: `${paths} paths by API`,
    ours: seconds(median(values.ours)),
    compared: seconds(serialMs),
    ratio: times(ratio),
    goal: atMost(ratio, 1.1),
  };
  const noticing: Figure = {
    what: `until that began, once MediaMTX answered`,
    ours: seconds(median(noticed)),
  };
  return { paths, serialMs, figures: [restored, noticing] };
}

/** Full from its file, and then killed: what comes back comes by Vigia. */
async function restoreOnce(
  bench: Bench,
  count: number,
): Promise<{ noticedMs: number; restoredMs: number }> {
  const database = await TestDatabase.create();
  await seedStreams(database, { count });
  const node = await RealMediaMtx.start(bench.mediaMtx, { paths: deadPaths(count) });
  const control = new Control(node.url);
  const api = await startApi(database.url, node.url, { DIALS_PER_SECOND: '0' });
  try {
    await untilLooked(api);
    await node.kill9();
    await node.revive({});
    const upAt = performance.now();
    const { firstAt, allAt } = await control.untilListed(count, everyMs(count));
    return { noticedMs: firstAt - upAt, restoredMs: allAt - firstAt };
  } finally {
    control.close();
    await api.stop();
    await node.stop();
    await database.close();
  }
}

async function serialOnce(bench: Bench, count: number): Promise<number> {
  const node = await RealMediaMtx.start(bench.mediaMtx);
  const control = new Control(node.url);
  const observer = new Control(node.url);
  try {
    const listed = observer.untilListed(count, everyMs(count));
    await control.replaceAll(deadPaths(count));
    const { firstAt, allAt } = await listed;
    return allAt - firstAt;
  } finally {
    control.close();
    observer.close();
    await node.stop();
  }
}

/** The same share of a restore, however long one takes. */
function everyMs(paths: number): number {
  return paths / 10;
}

async function byAgentAtSize(bench: Bench, { paths, serialMs }: BySize): Promise<Figure> {
  const values: number[] = [];
  for (let round = 0; round < AGENT_ROUNDS; round += 1) {
    values.push(await afterKill9(bench.mediaMtx, paths));
  }
  const ratio = median(values) / serialMs;
  return {
    what: `${paths} paths by the agent`,
    ours: seconds(median(values)),
    compared: seconds(serialMs),
    ratio: fraction(ratio),
    ...(paths === LARGEST ? { goal: atMost(ratio, 1 / 100, fraction) } : {}),
  };
}

function liveFigure(values: readonly number[]): Figure {
  return {
    what: `${LIVE_CAMERAS} live cameras by the agent`,
    ours: seconds(median(values)),
    goal: atMost(median(values), 1_000, seconds),
  };
}
