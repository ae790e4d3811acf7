import { setTimeout as delay } from 'node:timers/promises';

import { PgNodeReports } from '#streaming/infrastructure/postgres/pg-node-reports.js';
import { PgStreamTallies } from '#streaming/infrastructure/postgres/pg-stream-tallies.js';
import { type ApiProcess } from '#test/support/api/api-process.js';
import { Scrape } from '#test/support/metrics/scrape.js';
import { NodesFile } from '#test/support/nodes-file.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { type Figure, atMost, ms } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median } from '../figures/statistics.js';
import { type Bench, timed } from '../support/bench.js';
import { callEveryRoute } from '../support/every-route.js';
import { HttpClient } from '../support/http-client.js';
import { startApi } from '../support/measured-api.js';
import { observe } from '../support/observed-process.js';
import { seedStreams } from '../support/seed-streams.js';
import { addHistory, holdNodes, nodeIds, spread } from '../support/varied-streams.js';

const STREAMS = 10_000;
const STOPPED_OF_EACH = 10;
const ROUNDS = 40;
/** Prometheus asks every 15 s, and not again and again. */
const PAUSE_MS = 250;
/** The last: what so many streams need, at the capacity that a node has by default. */
const NODES = [1, 5, 10];

interface Costs {
  readonly cpuMs: number[];
  readonly wallMs: number[];
  readonly databaseMs: number[];
}

export const scrape: Section = {
  name: 'scrape',
  title: 'A scrape',
  compares: `One \`GET /metrics\` at a site of ${STREAMS} active streams, a tenth of them in \`ERROR\` for every reason there is, and ${STREAMS * STOPPED_OF_EACH} that were stopped, in the same table. Every route was called before, so that all of its series are there. The nodes are held by another replica: no tick is measured with it. _Processor time_ is that of the API alone, over ${ROUNDS} scrapes with a pause before each, and medians of them; _the database_ is what the same statements take when they are asked alone.`,
  needsMediaMtx: false,
  measure,
};

async function measure(bench: Bench): Promise<Figure[]> {
  const database = await TestDatabase.create();
  try {
    await seedStreams(database, { count: STREAMS });
    await addHistory(database, STOPPED_OF_EACH);
    const figures: Figure[] = [];
    for (const count of NODES) {
      bench.say(`${count} of ${NODES.join(', ')} nodes`);
      figures.push(...(await atNodes(database, count)));
    }
    return figures;
  } finally {
    await database.close();
  }
}

async function atNodes(database: TestDatabase, count: number): Promise<Figure[]> {
  const ids = nodeIds(count);
  const file = new NodesFile(
    ids.map((id, index) => ({ id, apiUrl: `http://127.0.0.1:9/${index}`, capacity: STREAMS })),
  );
  await holdNodes(database);
  const api = await startApi(database.url, '', file.env);
  const adapters = await Adapters.connect(database.url);
  try {
    await spread(database, ids);
    return figuresOf(ids, await seriesOf(api), await costsOf(api, database, adapters));
  } finally {
    await adapters.close();
    await api.stop();
    file.remove();
  }
}

async function seriesOf(api: ApiProcess): Promise<number> {
  const http = new HttpClient(`http://127.0.0.1:${api.port}`);
  try {
    await callEveryRoute(http);
    return new Scrape(await http.done('GET', '/metrics')).series;
  } finally {
    http.close();
  }
}

async function costsOf(
  api: ApiProcess,
  database: TestDatabase,
  { database: db, directory }: Adapters,
): Promise<Costs> {
  const http = new HttpClient(`http://127.0.0.1:${api.port}`);
  const [tallies, reports] = [new PgStreamTallies(db), new PgNodeReports(db)];
  const costs: Costs = { cpuMs: [], wallMs: [], databaseMs: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    await holdNodes(database);
    await delay(PAUSE_MS);
    await observe(api);
    costs.wallMs.push(await timed(() => http.done('GET', '/metrics')));
    costs.cpuMs.push((await observe(api)).cpuMs);
    costs.databaseMs.push(
      await timed(() => Promise.all([tallies.count(), reports.report(), directory.list()])),
    );
  }
  http.close();
  return costs;
}

function figuresOf({ length }: readonly string[], series: number, costs: Costs): Figure[] {
  const at = length === 1 ? '1 node' : `${length} nodes`;
  const cpuMs = median(costs.cpuMs);
  return [
    { what: `${at}: series`, ours: String(series), goal: atMost(series, 500, String) },
    { what: `${at}: processor time`, ours: ms(cpuMs), goal: atMost(cpuMs, 20, ms) },
    { what: `${at}: until it is read`, ours: ms(median(costs.wallMs)) },
    { what: `${at}: of that the database`, ours: ms(median(costs.databaseMs)) },
  ];
}
