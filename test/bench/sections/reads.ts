import { type ApiProcess } from '#test/support/api/api-process.js';
import { freePort } from '#test/support/free-port.js';

import { type Figure, atLeast, ms, perSecond, times } from '../figures/figure.js';
import { type Section } from '../figures/section.js';
import { median, medianRatio } from '../figures/statistics.js';
import { type BareServerGiven } from '../processes/bare-server.js';
import { BenchProcess } from '../support/bench-process.js';
import { type Bench, sideBySide } from '../support/bench.js';
import { type Load, putUnderLoad } from '../support/load.js';
import { OBSERVED_ENV, observe } from '../support/observed-process.js';
import { type SimulatedSite, onSimulatedSite } from '../support/simulated-site.js';

const STREAMS = 1_000;
const ROUNDS = 7;
const LOAD: Load = { connections: 32, seconds: 2 };
const WARM_UP: Load = { connections: 32, seconds: 3 };

interface Server {
  readonly url: string;
  readonly logs: string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

interface Read {
  readonly what: string;
  readonly url: string;
  readonly goal: number;
}

export const reads: Section = {
  name: 'reads',
  title: 'Reads',
  compares: `Requests per second of the API, against a bare Fastify server that sends the same statements through \`pg\` with as many connections, and answers \`JSON.stringify\` of the rows. ${STREAMS} streams run, and the API goes on looking after them. ${LOAD.connections} connections of autocannon, ${ROUNDS} rounds of ${LOAD.seconds} s for each side in turn; the ratio is the median of the rounds' ratios. The processor time is that of the server alone: it says what a request costs, also where database and generator share the processors with the server.`,
  needsMediaMtx: false,
  measure: (bench) =>
    onSimulatedSite({ streams: STREAMS }, (api, site) => onBoth(bench, api, site)),
};

async function onBoth(bench: Bench, api: ApiProcess, site: SimulatedSite): Promise<Figure[]> {
  const given: BareServerGiven = { port: await freePort(), databaseUrl: site.database.url };
  const process = await BenchProcess.start('bare-server.ts', given, { env: OBSERVED_ENV });
  try {
    await process.said('listening');
    const bare = serverOf(process, given.port);
    const ours = serverOf(api, api.port);
    const list = { what: 'list of 100', url: '/api/streams?limit=100', goal: 0.6 };
    const byId = { what: 'GET by id', url: `/api/streams/${site.streamId}`, goal: 0.65 };
    return [
      await compare(bench, { ours, bare }, byId),
      await compare(bench, { ours, bare }, list),
    ].flat();
  } finally {
    await process.stop();
  }
}

function serverOf(process: Omit<Server, 'url'>, port: number): Server {
  return {
    url: `http://127.0.0.1:${port}`,
    get logs() {
      return process.logs;
    },
    signal: (signal) => process.signal(signal),
  };
}

async function compare(
  bench: Bench,
  { ours, bare }: { ours: Server; bare: Server },
  { what, url, goal }: Read,
): Promise<Figure[]> {
  bench.say(what);
  for (const server of [ours, bare]) await putUnderLoad(`${server.url}${url}`, WARM_UP);
  const cpu = { ours: [] as number[], theirs: [] as number[] };
  const throughput = (server: Server, costs: number[]) => async (): Promise<number> => {
    await observe(server);
    const { perSecond: rate, requests } = await putUnderLoad(`${server.url}${url}`, LOAD);
    costs.push((await observe(server)).cpuMs / requests);
    return rate;
  };
  const values = await sideBySide(ROUNDS, throughput(ours, cpu.ours), throughput(bare, cpu.theirs));
  const ratio = medianRatio(values.ours, values.theirs);
  return [
    {
      what,
      ours: perSecond(median(values.ours)),
      compared: perSecond(median(values.theirs)),
      ratio: times(ratio),
      goal: atLeast(ratio, goal),
    },
    {
      what: `${what}: processor time of a request`,
      ours: ms(median(cpu.ours)),
      compared: ms(median(cpu.theirs)),
      ratio: times(medianRatio(cpu.ours, cpu.theirs)),
    },
  ];
}
