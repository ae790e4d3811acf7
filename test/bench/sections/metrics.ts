import { type ApiProcess } from '#test/support/api/api-process.js';

import { type Figure, atMost, more, ms } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { percentile, ratios } from '../figures/statistics.js';
import { type Bench } from '../support/bench.js';
import { HttpClient } from '../support/http-client.js';
import { SWITCHED_ENV, observe } from '../support/observed-process.js';
import { type SimulatedSite, onSimulatedSite } from '../support/simulated-site.js';

/** Few: a list has a page, and who is measured has no tick. */
const STREAMS = 200;
/** Many and short: what else the machine does lasts longer, and so is in all sides of a round. */
const ROUNDS = 100;
const CONNECTIONS = 16;

interface Read {
  readonly what: string;
  readonly path: string;
  /** Of a side in a round: some 0.2 s of a processor. */
  readonly requests: number;
}

const SIDES = ['ours', 'metrics', 'traces', 'twin'] as const;
type Side = (typeof SIDES)[number];
type Costs = Record<Side, number[]>;

interface Compared {
  readonly side: Side;
  readonly what: string;
  readonly most?: number;
}

const COMPARED: readonly Compared[] = [
  { side: 'metrics', what: 'with metrics, and without', most: 1.03 },
  { side: 'traces', what: 'with trace context, and without' },
  { side: 'twin', what: 'one side twice' },
];

export const metrics: Section = {
  name: 'metrics',
  title: 'What metrics and trace context cost',
  compares: `Processor time of a request at the API as it ships, against the same API while nobody counts its requests, and while it knows nothing of trace context; OpenTelemetry is off, as by default. One process, in which the hooks of either are switched off and on again: two processes of the same code differ by some percent. Another one looks after the ${STREAMS} streams, so that this one has no tick. ${ROUNDS} rounds, in which each side answers the same number of requests, some 0.2 s of a processor, on ${CONNECTIONS} connections that are kept; there and back. The ratio is that of the sums; behind it stand the quartiles of the rounds' own ratios. What one side is apart from itself says what such a figure is worth.`,
  needsMediaMtx: false,
  measure: (bench) =>
    onSimulatedSite({ streams: STREAMS }, (_holder, site) =>
      site.withApi(SWITCHED_ENV, (api) => measure(bench, api, site)),
    ),
};

async function measure(
  bench: Bench,
  api: ApiProcess,
  { streamId }: SimulatedSite,
): Promise<Figure[]> {
  const reads: Read[] = [
    { what: 'GET by id', path: `/api/streams/${streamId}`, requests: 256 },
    { what: 'list of 100', path: '/api/streams?limit=100', requests: 48 },
  ];
  const figures: Figure[] = [];
  for (const read of reads) {
    bench.say(read.what);
    const costs = await costsOf(api, read);
    figures.push(...COMPARED.map((compared) => figureOf(read.what, compared, costs)));
  }
  return figures;
}

/** Processor time of a request, in ms. */
async function costsOf(api: ApiProcess, { path, requests }: Read): Promise<Costs> {
  const http = new HttpClient(`http://127.0.0.1:${api.port}`);
  const costs: Costs = { ours: [], metrics: [], traces: [], twin: [] };
  try {
    await ask(http, path, requests * 2 * SIDES.length);
    for (let turn = 0; turn < ROUNDS * SIDES.length; turn += 1) {
      const { side } = await observe<{ side: Side }>(api, 'SIGUSR1');
      await observe(api);
      await ask(http, path, requests);
      costs[side].push((await observe(api)).cpuMs / requests);
    }
    return costs;
  } finally {
    http.close();
  }
}

async function ask(http: HttpClient, path: string, requests: number): Promise<void> {
  const connection = async (): Promise<void> => {
    for (let sent = 0; sent < requests / CONNECTIONS; sent += 1) await http.done('GET', path);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

function figureOf(read: string, { side, what, most }: Compared, costs: Costs): Figure {
  const all = ratios(costs.ours, costs[side]);
  // Of the sums: a collection of garbage falls into one round, and belongs to all of them.
  const ratio = sum(costs.ours) / sum(costs[side]);
  return {
    what: `${read}: ${what}`,
    ours: ms(sum(costs.ours) / ROUNDS),
    compared: ms(sum(costs[side]) / ROUNDS),
    ratio: `${more(ratio)} (${more(percentile(all, 25))} to ${more(percentile(all, 75))})`,
    ...(most === undefined ? {} : { goal: atMost(ratio, most, more) }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
