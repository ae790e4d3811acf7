/** Every query of the dashboard and of the alert rules, asked of a Prometheus that saw a bad day. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { scrape } from '#test/support/metrics/scrape.js';
import { NodesFile } from '#test/support/nodes-file.js';
import { metricsIn, selectorsIn } from '#test/support/observability/expressions.js';
import { alerts, panels, recordings } from '#test/support/observability/files.js';
import { findProgram } from '#test/support/observability/programs.js';
import { PrometheusProcess } from '#test/support/observability/prometheus-process.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { Proxy } from '#test/support/proxy.js';

jest.setTimeout(120_000);

const PATIENT = { timeoutMs: 45_000 };

/** These tell of the day, and must not be flat. */
const TELLING = [
  'Nodes that answer',
  'Streams by reason',
  'Changes of status',
  'Reconnects and blips',
  'Removals to come',
  'Drift found and repaired',
  'Calls that went wrong',
  'Streams by what their source does',
  'Probes by result',
  'Share of errors',
];
/** Whose expression was true at some moment of it, whatever `for` says. */
const ALERTING = [
  'VigiaDatabaseDown',
  'VigiaNodeUnreachable',
  'VigiaManyStreamsDown',
  'VigiaStreamInError',
  'VigiaRemovalPending',
  'VigiaDriftRepeated',
  'VigiaHttpErrors',
];

const describeWithPrometheus = findProgram('prometheus') === null ? describe.skip : describe;

describeWithPrometheus('after a day of faults (needs prometheus)', () => {
  let database: TestDatabase;
  let toDatabase: Proxy;
  let north: MediaMtxSimulator;
  let south: MediaMtxSimulator;
  let file: NodesFile;
  let api: ApiProcess;
  let prometheus: PrometheusProcess;

  beforeAll(async () => {
    [database, north, south] = await Promise.all([
      TestDatabase.create(),
      MediaMtxSimulator.start(),
      MediaMtxSimulator.start(),
    ]);
    north.setSource(/dead/, 'dead');
    south.setSource(/dead/, 'dead');
    file = new NodesFile([
      { id: 'north', apiUrl: north.url, capacity: 10 },
      { id: 'south', apiUrl: south.url, capacity: 10 },
    ]);
    toDatabase = await Proxy.start(Number(new URL(database.url).port));
    api = await ApiProcess.start({
      databaseUrl: toDatabase.through(database.url),
      mediaMtxUrl: '',
      env: { ...file.env, SOURCE_DEADLINE_MS: '2000', LEASE_TTL_MS: '5000' },
    });
    prometheus = await PrometheusProcess.start(`127.0.0.1:${api.port}`);
    await aBadDay();
  });

  afterAll(async () => {
    await prometheus.stop();
    await Promise.all([api.stop(), north.stop(), south.stop()]);
    await toDatabase.stop();
    await database.close();
    file.remove();
  });

  const start = (cameraId: string, kind: 'live' | 'dead') =>
    api.client.start(cameraId, secretSource(`127.0.0.1:9/${kind}`));

  /** As Prometheus has seen it: what it missed, no query can tell. */
  const isSeen = (expr: string): Promise<void> =>
    eventually(async () => {
      expect({ expr, ...(await prometheus.now(expr)) }).toMatchObject({ expr, series: 1 });
    }, PATIENT);

  async function aBadDay(): Promise<void> {
    await isSeen('sum(vigia:node_reachable:max) == 2');
    // One after the other, so that they are spread.
    const live = [];
    for (const cameraId of ['a', 'b', 'c', 'd']) live.push(await start(cameraId, 'live'));
    await isSeen('vigia:streams_by_status:max{status="RUNNING"} == 4');
    await Promise.all(['x', 'y', 'z'].map((id) => start(id, 'dead')));
    await isSeen('vigia:streams_by_status:max{status="ERROR"} == 3');

    // A node dies, what it had is lost, and a stream is stopped meanwhile.
    await north.kill();
    await isSeen('vigia:node_reachable:max{node="north"} == 0');
    const onNorth = live.find(({ body }) => body.nodeId === 'north');
    await api.client.stop(onNorth?.body.id ?? '');
    await isSeen('vigia:streams_removal_pending:max == 1');
    await north.revive();
    await isSeen('vigia:streams_removal_pending:max == 0');
    await isSeen('sum(vigia_stream_reconnects_total) > 0');

    await theDatabaseIsOut();
    await isSeen('vigia:streams_by_health:max{health="HEALTHY"} == 3');
  }

  async function theDatabaseIsOut(): Promise<void> {
    const { port } = toDatabase;
    await toDatabase.stop();
    await isSeen('vigia_database_up == 0');
    const answers = await Promise.all(
      Array.from({ length: 9 }, () => api.client.get('/api/streams')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(503));
    await isSeen('sum(vigia_http_requests_total{status_class="5xx",route="/api/streams"}) > 8');
    toDatabase = await Proxy.start(Number(new URL(database.url).port), port);
    await isSeen('vigia_database_up == 1');
  }

  it.each(panels)('"$title" has something to show', async ({ title, targets }) => {
    for (const { expr, instant } of targets) {
      const found = await (instant ? prometheus.now(expr) : prometheus.throughout(expr));
      expect({ expr, ...found }).toMatchObject({ status: 'success', error: undefined });
      expect([expr, found.values.length > 0]).toEqual([expr, true]);
    }
    if (!TELLING.includes(title)) return;
    const [{ expr } = { expr: '' }] = targets;
    const { values } = await prometheus.throughout(expr);
    expect(new Set(values).size).toBeGreaterThan(1);
  });

  it('each rule is answered, and those of what has happened were true', async () => {
    const wereTrue = [];
    for (const { alert, expr } of alerts) {
      const { status, error, series } = await prometheus.throughout(expr);
      expect({ alert, status, error }).toEqual({ alert, status: 'success', error: undefined });
      if (series > 0) wereTrue.push(alert);
    }
    expect(wereTrue).toEqual(expect.arrayContaining(ALERTING));
    for (const { record } of recordings) {
      const { values } = await prometheus.throughout(record);
      expect([record, values.length > 0]).toEqual([record, true]);
    }
  });

  it('whatever a rule or a panel asks for is there', async () => {
    const asked = [
      ...[...alerts, ...recordings].map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const { names: exposed } = await scrape(api.port);
    expect(metricsIn(asked).filter((name) => !exposed.includes(name))).toEqual([]);

    const selectors = selectorsIn(asked).filter((selector) => !selector.startsWith('ALERTS'));
    expect(selectors.length).toBeGreaterThan(20);
    for (const selector of selectors) {
      const { series } = await prometheus.throughout(selector);
      expect([selector, series > 0]).toEqual([selector, true]);
    }
  });

  it('VigiaDown is true once nobody answers', async () => {
    const down = alerts.find(({ alert }) => alert === 'VigiaDown')?.expr ?? '';
    expect(await prometheus.now(down)).toMatchObject({ status: 'success', series: 0 });
    await api.stop();
    await isSeen(down);
  });
});
