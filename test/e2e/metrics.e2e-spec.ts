/** What Prometheus gets, from a real process: over a start, a loss, a drift and a stop. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { type Scrape, scrape } from '#test/support/metrics/scrape.js';
import { findProgram, promtool } from '#test/support/observability/programs.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const PATIENT = { timeoutMs: 20_000 };
/** Beyond this the site would cost its Prometheus more than it tells. */
const MOST_SERIES = 500;

const itWithPromtool = findProgram('promtool') === null ? it.skip : it;

describe('/metrics', () => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
  });
  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  const read = (): Promise<Scrape> => scrape(api.port);

  it('has every series of a closed set at 0 from the start', async () => {
    const metrics = await read();
    expect(metrics.labelsOf('vigia_streams_by_status')).toHaveLength(4);
    expect(metrics.labelsOf('vigia_streams_by_health')).toHaveLength(4);
    expect(metrics.labelsOf('vigia_stream_transitions_total')).toHaveLength(10);
    expect(metrics.value('vigia_drift_found_total', { kind: 'altered' })).toBe(0);
    expect(metrics.value('vigia_probes_total', { result: 'SOURCE_DNS' })).toBe(0);
    expect(metrics.value('vigia_stream_start_seconds_count')).toBe(0);
    expect(
      metrics.value('vigia_http_requests_total', {
        route: '/api/streams/:id/stop',
        method: 'POST',
        status_class: '5xx',
      }),
    ).toBe(0);
  });

  it('counts a stream through its life', async () => {
    const { body: stream } = await api.client.start('gate-1', secretSource('127.0.0.1:9/live'), {
      waitS: 20,
    });
    expect(stream.status).toBe('RUNNING');
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('vigia_streams_by_status', { status: 'RUNNING' })).toBe(1);
      expect(metrics.value('vigia_streams_by_reason', { reason: 'NONE' })).toBe(1);
      expect(metrics.value('vigia_streams_by_health', { health: 'HEALTHY' })).toBe(1);
      expect(metrics.value('vigia_node_reachable', { node: 'default' })).toBe(1);
      expect(metrics.value('vigia_lease_held', { node: 'default' })).toBe(1);
    }, PATIENT);
    const begun = await read();
    expect(begun.value('vigia_stream_start_seconds_count')).toBe(1);
    expect(begun.value('vigia_stream_transitions_total', { from: 'NONE', to: 'STARTING' })).toBe(1);

    // By hand: found absent, and put back.
    await fetch(`${node.url}/v3/config/paths/delete/cam/gate-1`, { method: 'DELETE' });
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('vigia_drift_found_total', { kind: 'absent' })).toBe(1);
      expect(metrics.value('vigia_drift_repaired_total', { kind: 'absent' })).toBe(1);
      expect(metrics.value('vigia_stream_reconnects_total')).toBe(1);
      expect(metrics.value('vigia_stream_recovery_seconds_count')).toBe(1);
    }, PATIENT);

    await api.client.stop(stream.id);
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('vigia_streams_by_status', { status: 'STOPPED' })).toBe(1);
      expect(metrics.value('vigia_streams_by_status', { status: 'RUNNING' })).toBe(0);
      expect(metrics.value('vigia_streams_removal_pending')).toBe(0);
    }, PATIENT);
    const ended = await read();
    expect(ended.value('vigia_stream_transitions_total', { from: 'RUNNING', to: 'STOPPED' })).toBe(
      1,
    );
    expect(
      ended.value('vigia_mediamtx_calls_total', { operation: 'remove', outcome: 'ok' }),
    ).toBeGreaterThan(0);
  });

  it('counts requests by the template of their route, whatever a caller writes there', async () => {
    for (let i = 0; i < 20; i += 1) {
      await fetch(`http://127.0.0.1:${api.port}/nowhere/${i}`);
      await fetch(`http://127.0.0.1:${api.port}/api/streams/${i}`);
    }
    await fetch(`http://127.0.0.1:${api.port}/api/streams`, { method: 'PROPFIND' });
    const metrics = await read();
    const bad = { route: '/api/streams/:id', method: 'GET', status_class: '4xx' };
    expect(metrics.value('vigia_http_requests_total', bad)).toBe(20);
    const unknown = { route: 'unknown', method: 'GET', status_class: '4xx' };
    expect(metrics.value('vigia_http_requests_total', unknown)).toBe(20);
    const strange = { route: 'unknown', method: 'OTHER', status_class: '4xx' };
    expect(metrics.value('vigia_http_requests_total', strange)).toBe(1);
  });

  it('times what callers wait for', async () => {
    const metrics = await read();
    const timed = metrics.labelsOf('vigia_http_request_seconds_count').map(({ route }) => route);
    expect(timed).toContain('/api/streams/:id');
    expect(timed).not.toContain('unknown');
    expect(timed).not.toContain('/metrics');
  });

  it('says that nobody waits for the pool while nobody does, the scrape itself not counted', async () => {
    expect((await read()).value('vigia_database_pool_waiting')).toBe(0);
  });

  itWithPromtool('is what promtool finds nothing wrong with (needs promtool)', async () => {
    const { text } = await read();
    expect(await promtool('.', ['check', 'metrics'], text)).toEqual([0, '']);
  });

  it('names no stream, camera, URL or path, and stays small', async () => {
    const metrics = await read();
    expect(metrics.text).not.toMatch(/gate-1|rtsp:|cam\/|[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(metrics.series).toBeLessThanOrEqual(MOST_SERIES);
  });

  it('says that a node does not answer, and makes its streams UNKNOWN of which it says nothing', async () => {
    await api.client.start('gate-2', secretSource('127.0.0.1:9/live'), { waitS: 20 });
    await node.stop();
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('vigia_node_reachable', { node: 'default' })).toBe(0);
      expect(metrics.value('vigia_looks_inconclusive_total')).toBeGreaterThan(0);
      expect(metrics.value('vigia_ticks_total', { result: 'inconclusive' })).toBeGreaterThan(0);
      expect(
        metrics.value('vigia_mediamtx_calls_total', { operation: 'look', outcome: 'failed' }),
      ).toBeGreaterThan(0);
    }, PATIENT);
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('vigia_streams_by_status', { status: 'RUNNING' })).toBe(1);
      expect(metrics.value('vigia_streams_by_health', { health: 'UNKNOWN' })).toBe(1);
    }, PATIENT);
  });
});
