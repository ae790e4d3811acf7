import { WrittenRows } from '#test/support/postgres/written-rows.js';

import { type Figure, atMost, ms, times } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median, medianRatio } from '../figures/statistics.js';
import { type Cost, type TickGiven, type TickResult } from '../processes/tick.js';
import { BenchProcess } from '../support/bench-process.js';
import { type Bench } from '../support/bench.js';
import { observe } from '../support/observed-process.js';
import { SimulatedSite } from '../support/simulated-site.js';

const ROUNDS = 16;
const WARM_UP = 4;
const SIZES = [
  { streams: 100, ticksPerRound: 20 },
  { streams: 1_000, ticksPerRound: 10 },
  { streams: 10_000, ticksPerRound: 2 },
];
const LARGEST = 10_000;

interface Measured extends TickResult {
  readonly streams: number;
  readonly writesToNode: number;
  readonly writtenRows: number;
}

export const tick: Section = {
  name: 'tick',
  title: 'A steady tick',
  compares: `A tick in which nothing has changed, against what none can do without: the list, read and parsed, and the one \`SELECT\` of the working set. Both in one process that does nothing else, in turn, ${ROUNDS} rounds; the ratio is the median of the rounds' ratios. The list comes from the simulator, a process of its own, since its answer must not depend on how busy a MediaMTX is. Writes are counted at the node, and in Postgres by the transaction that every row carries.`,
  needsMediaMtx: false,
  measure,
};

async function measure(bench: Bench): Promise<Figure[]> {
  const all: Measured[] = [];
  for (const size of SIZES) {
    bench.say(`${size.streams} streams`);
    all.push(await atSize(size));
  }
  return [...all.flatMap(figuresOf), ...growth(all)];
}

async function atSize({ streams, ticksPerRound }: (typeof SIZES)[number]): Promise<Measured> {
  const site = await SimulatedSite.open({ streams });
  const given: TickGiven = {
    databaseUrl: site.database.url,
    mediaMtxUrl: site.nodeUrl,
    rounds: ROUNDS,
    ticksPerRound,
    warmUp: WARM_UP,
  };
  const process = await BenchProcess.start('tick.ts', given, { flags: ['--expose-gc'] });
  try {
    await process.said('warm');
    const rows = await WrittenRows.since(site.database);
    const before = await writesTo(site);
    process.signal('SIGUSR1');
    const result = await process.result<TickResult>();
    const writesToNode = (await writesTo(site)) - before;
    return { ...result, streams, writesToNode, writtenRows: await rows.count() };
  } finally {
    await process.stop();
    await site.close();
  }
}

async function writesTo({ node }: SimulatedSite): Promise<number> {
  return (await observe<{ configWrites: number }>(node)).configWrites;
}

function figuresOf(measured: Measured): Figure[] {
  const { streams, ticks, bare, writesToNode, writtenRows, enqueued, saved } = measured;
  const [wall, cpu] = [walls, cpus].map((of) => ({ ours: of(ticks), bare: of(bare) }));
  if (wall === undefined || cpu === undefined) throw new Error('nothing was measured');
  const ratio = medianRatio(wall.ours, wall.bare);
  const writes = writesToNode + writtenRows + enqueued + saved;
  return [
    {
      what: `${streams} streams: duration`,
      ours: ms(median(wall.ours)),
      compared: ms(median(wall.bare)),
      ratio: times(ratio),
      goal: atMost(ratio, 1.3),
    },
    {
      what: `${streams} streams: processor time`,
      ours: ms(median(cpu.ours)),
      compared: ms(median(cpu.bare)),
      ratio: times(medianRatio(cpu.ours, cpu.bare)),
      ...(streams === LARGEST ? { goal: atMost(median(cpu.ours), 200, ms) } : {}),
    },
    {
      what: `${streams} streams: writes to the node, to Postgres`,
      ours: `${writesToNode}, ${writtenRows}`,
      goal: atMost(writes, 0, String),
    },
  ];
}

function growth(all: readonly Measured[]): Figure[] {
  return all.slice(1).flatMap((larger, index) => {
    const smaller = all[index];
    if (smaller === undefined) return [];
    const grown = (of: (measured: Measured) => readonly Cost[]): string =>
      times(median(cpus(of(larger))) / median(cpus(of(smaller))));
    return [
      {
        what: `processor time at ${larger.streams} by that at ${smaller.streams}`,
        ours: grown(({ ticks }) => ticks),
        compared: grown(({ bare }) => bare),
      },
    ];
  });
}

function walls(costs: readonly Cost[]): number[] {
  return costs.map(({ wallMs }) => wallMs);
}

function cpus(costs: readonly Cost[]): number[] {
  return costs.map(({ cpuMs }) => cpuMs);
}
