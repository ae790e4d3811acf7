/** Any number of streams that run: the API, its database, and the simulator, each a process. */
import { type ApiProcess } from '#test/support/api/api-process.js';
import { freePort } from '#test/support/free-port.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { type SimulatorGiven } from '../processes/simulator.js';
import { BenchProcess } from './bench-process.js';
import { startApi, untilLooked } from './measured-api.js';
import { seedStreams } from './seed-streams.js';

export interface SiteOptions {
  readonly streams: number;
  /** In MediaMTX's file; by default all of the streams. */
  readonly paths?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export class SimulatedSite {
  private constructor(
    readonly database: TestDatabase,
    readonly node: BenchProcess,
    readonly nodeUrl: string,
    /** Of the newest stream. */
    readonly streamId: string,
  ) {}

  static async open({
    streams,
    paths = streams,
  }: Omit<SiteOptions, 'env'>): Promise<SimulatedSite> {
    const database = await TestDatabase.create();
    const streamId = await seedStreams(database, { count: streams });
    const given: SimulatorGiven = { port: await freePort(), paths };
    const node = await BenchProcess.start('simulator.ts', given);
    await node.said('simulator at');
    return new SimulatedSite(database, node, `http://127.0.0.1:${given.port}`, streamId);
  }

  /** @param env beside the defaults of the product */
  async withApi<T>(
    env: Readonly<Record<string, string>>,
    action: (api: ApiProcess) => Promise<T>,
  ): Promise<T> {
    const api = await startApi(this.database.url, this.nodeUrl, env);
    try {
      await untilLooked(api);
      return await action(api);
    } finally {
      await api.stop();
    }
  }

  async close(): Promise<void> {
    await this.node.stop();
    await this.database.close();
  }
}

/** Closed again, whatever happens. */
export async function onSimulatedSite<T>(
  { env = {}, ...options }: SiteOptions,
  action: (api: ApiProcess, site: SimulatedSite) => Promise<T>,
): Promise<T> {
  const site = await SimulatedSite.open(options);
  try {
    return await site.withApi(env, (api) => action(api, site));
  } finally {
    await site.close();
  }
}
