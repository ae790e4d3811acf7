/**
 * An outage of each dependency in turn, as an operator sees it: in metrics, log, health and alerts at
 * once, and its end as well.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { AgentDouble } from '#test/support/node-agent/agent-double.js';
import { alerts } from '#test/support/observability/files.js';
import { findProgram } from '#test/support/observability/programs.js';
import { PrometheusProcess } from '#test/support/observability/prometheus-process.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { Proxy } from '#test/support/proxy.js';

jest.setTimeout(180_000);

const PATIENT = { timeoutMs: 60_000 };

/** One way to something that Vigia depends on. */
class Way {
  readonly port: number;

  private constructor(
    private proxy: Proxy,
    private readonly target: number,
  ) {
    this.port = proxy.port;
  }

  static async to(target: number): Promise<Way> {
    return new Way(await Proxy.start(target), target);
  }

  through(url: string): string {
    return this.proxy.through(url);
  }

  /** Connections are refused. */
  close(): Promise<void> {
    return this.proxy.stop();
  }

  /** Connections stay open, and nothing comes. */
  hang(): Promise<void> {
    this.proxy.blackHole();
    return Promise.resolve();
  }

  async mend(): Promise<void> {
    await this.proxy.stop().catch(() => undefined);
    this.proxy = await Proxy.start(this.target, this.port);
  }
}

interface Health {
  readonly status: string;
  readonly details: {
    readonly database: { readonly status: string };
    readonly mediamtx: { readonly status: string };
  };
}

type Line = Readonly<Record<string, string>>;

interface Outage {
  readonly name: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  /** True while it lasts, and not before and after. */
  readonly metric: string;
  /** The alert whose expression is true by then; how long it must last is the rules' own test. */
  readonly alert: string;
  /** The lines of its begin and its end. */
  readonly lines: readonly [Line, Line];
  /** Of /health/ready, and what /health says in it. */
  readonly ready: number;
  readonly says: RegExp;
}

let database: TestDatabase;
let node: MediaMtxSimulator;
let agent: AgentDouble;
let toDatabase: Way;
let toNode: Way;
let toAgent: Way;
let api: ApiProcess;
let prometheus: PrometheusProcess;

function turn(behaviour: 'dead' | 'live'): Promise<void> {
  node.setSource(/127\.0\.0\.1:9/, behaviour);
  return Promise.resolve();
}

const OUTAGES: readonly Outage[] = [
  {
    name: 'MediaMTX that is gone',
    begin: () => toNode.close(),
    end: () => toNode.mend(),
    metric: 'vigia_node_reachable == 0',
    alert: 'VigiaNodeUnreachable',
    lines: [{ msg: 'node does not answer' }, { msg: 'node answers again' }],
    ready: 200,
    says: /NODE_UNREACHABLE/,
  },
  {
    name: 'MediaMTX that hangs',
    begin: () => toNode.hang(),
    end: () => toNode.mend(),
    metric: 'rate(vigia_mediamtx_calls_total{operation="look",outcome="failed"}[8s]) > 0',
    alert: 'VigiaNodeUnreachable',
    lines: [{ msg: 'node does not answer' }, { msg: 'node answers again' }],
    ready: 200,
    says: /NODE_UNREACHABLE: no answer within/,
  },
  {
    name: 'a node agent that is gone',
    begin: () => toAgent.close(),
    end: () => toAgent.mend(),
    metric: 'vigia_node_agent_failing == 1',
    alert: 'VigiaNodeAgentFailing',
    lines: [
      { msg: 'node agent does not answer; the node is looked after without it' },
      { msg: 'node agent answers again' },
    ],
    ready: 200,
    says: /NODE_AGENT_UNREACHABLE/,
  },
  {
    name: 'a database that is gone',
    begin: () => toDatabase.close(),
    end: () => toDatabase.mend(),
    metric: 'vigia_database_up == 0',
    alert: 'VigiaDatabaseDown',
    lines: [
      { msg: 'Database check fails; it is tried again' },
      { msg: 'Database check works again' },
    ],
    ready: 503,
    says: /"database":\{"message":"cannot be used"/,
  },
  {
    name: 'a database that hangs',
    begin: () => toDatabase.hang(),
    end: () => toDatabase.mend(),
    metric: 'vigia_database_up == 0',
    alert: 'VigiaDatabaseDown',
    lines: [
      { msg: 'Database check fails; it is tried again' },
      { msg: 'Database check works again' },
    ],
    ready: 503,
    says: /"database":\{"message":"cannot be used"/,
  },
  {
    name: 'a camera that delivers nothing',
    begin: () => turn('dead'),
    end: () => turn('live'),
    metric: 'vigia_streams_by_status{status="ERROR"} == 1',
    alert: 'VigiaStreamInError',
    lines: [
      { msg: 'stream failed', from: 'STARTING' },
      { msg: 'stream changed', to: 'RUNNING' },
    ],
    ready: 200,
    says: /"status":"ok"/,
  },
];

const describeWithPrometheus = findProgram('prometheus') === null ? describe.skip : describe;

describeWithPrometheus('an outage of each dependency (needs prometheus)', () => {
  beforeAll(async () => {
    [database, node, agent] = await Promise.all([
      TestDatabase.create(),
      MediaMtxSimulator.start(),
      AgentDouble.start(),
    ]);
    [toDatabase, toNode, toAgent] = await Promise.all([
      Way.to(Number(new URL(database.url).port)),
      Way.to(node.port),
      Way.to(agent.port),
    ]);
    api = await ApiProcess.start({
      databaseUrl: toDatabase.through(database.url),
      mediaMtxUrl: `http://127.0.0.1:${toNode.port}`,
      env: {
        NODE_AGENT_URL: `http://127.0.0.1:${toAgent.port}`,
        NODE_AGENT_TOKEN: 'the-agent-of-this-test',
        SOURCE_DEADLINE_MS: '1000',
        LEASE_TTL_MS: '3000',
        MEDIAMTX_TIMEOUT_MS: '3000',
      },
    });
    prometheus = await PrometheusProcess.start(`127.0.0.1:${api.port}`);
    await api.client.start('gate', secretSource('127.0.0.1:9/a'), { waitS: 20 });
    await isWell();
  });

  afterAll(async () => {
    await prometheus.stop();
    await api.stop();
    await Promise.all([toDatabase, toNode, toAgent].map((way) => way.close()));
    await Promise.all([node.stop(), agent.stop()]);
    await database.close();
  });

  const isWell = (): Promise<void> =>
    eventually(async () => {
      const { status, body } = await api.client.get<Health>('/health');
      expect({ status, body }).toMatchObject({ status: 200, body: { status: 'ok' } });
      const { body: list } = await api.client.get<{ items: object[] }>('/api/streams');
      expect(list.items).toMatchObject([{ status: 'RUNNING', health: 'HEALTHY' }]);
      expect(await series('vigia_streams_by_health{health="HEALTHY"} == 1')).toBe(1);
    }, PATIENT);

  const series = async (expr: string): Promise<number> => (await prometheus.now(expr)).series;
  const isTrue = (expr: string): Promise<void> =>
    eventually(async () => expect([expr, await series(expr)]).toEqual([expr, 1]), PATIENT);
  const isFalse = (expr: string): Promise<void> =>
    eventually(async () => expect([expr, await series(expr)]).toEqual([expr, 0]), PATIENT);

  const said = (line: Line): number =>
    api.logLines().filter((one) => Object.entries(line).every(([key, value]) => one[key] === value))
      .length;

  it.each(OUTAGES)('$name: begins and ends in metrics, log, health and alerts', async (outage) => {
    const expr = alerts.find(({ alert }) => alert === outage.alert)?.expr ?? 'no such alert';
    const [begun, ended] = outage.lines;
    const begunBefore = said(begun);
    await isFalse(outage.metric);

    await outage.begin();
    await eventually(async () => {
      const [all, ready] = await Promise.all([
        api.client.get<Health>('/health'),
        api.client.get('/health/ready'),
      ]);
      expect(JSON.stringify(all.body)).toMatch(outage.says);
      expect(ready.status).toBe(outage.ready);
      // The process itself is well, whatever else is not.
      expect((await api.client.get('/health/live')).status).toBe(200);
    }, PATIENT);
    await isTrue(outage.metric);
    await isTrue(expr);
    expect(said(begun)).toBeGreaterThan(begunBefore);

    const endedBefore = said(ended);
    await outage.end();
    await isWell();
    await isFalse(outage.metric);
    await isFalse(expr);
    // A busy machine may be an outage more, and each has its end; scenarios hold that it is said once.
    const [outages, ends] = [said(begun) - begunBefore, said(ended) - endedBefore];
    expect(outages).toBeLessThanOrEqual(3);
    expect(ends).toBeGreaterThanOrEqual(1);
    expect(outages).toBeGreaterThanOrEqual(ends);
  });
});
