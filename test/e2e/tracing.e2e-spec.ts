/** Trace context in and out, with spans exported and without. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';
import { type ApiAnswer, secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { CollectorDouble, type Span, attribute } from '#test/support/tracing/collector-double.js';
import { HeaderRecorder } from '#test/support/tracing/header-recorder.js';

import { CANARY } from '../support/canary/canary.mjs';

const SOURCE = secretSource('127.0.0.1:9/live');
const PATIENT = { timeoutMs: 20_000 };
const CALLER = '00f067aa0ba902b7';

interface Traced {
  readonly traceId: string;
  readonly answer: ApiAnswer<StreamBody>;
}

let database: TestDatabase;
let node: MediaMtxSimulator;
let recorder: HeaderRecorder;

beforeAll(async () => {
  database = await TestDatabase.create();
  node = await MediaMtxSimulator.start();
  recorder = await HeaderRecorder.start(node.url);
});
afterAll(async () => {
  await recorder.stop();
  await node.stop();
  await database.close();
});

function up(env: Record<string, string> = {}): Promise<ApiProcess> {
  return ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: recorder.url, env });
}

/** @param digit of the trace's id @param camera to be started */
async function start(api: ApiProcess, digit: string, camera: string): Promise<Traced> {
  const traceId = digit.repeat(32);
  const answer = await api.client.send<StreamBody>('POST', '/api/streams/start', {
    headers: { traceparent: `00-${traceId}-${CALLER}-01`, prefer: 'wait=20' },
    body: JSON.stringify({ cameraId: camera, source: SOURCE }),
  });
  return { traceId, answer };
}

function callsOf(traceId: string): string[] {
  const calls = recorder.passed.filter(({ headers }) =>
    String(headers['traceparent']).startsWith(`00-${traceId}-`),
  );
  return calls.map(({ method, url }) => `${method} ${url}`);
}

describe('trace context, with no spans exported', () => {
  let api: ApiProcess;

  beforeAll(async () => {
    api = await up();
  });
  afterAll(() => api.stop());

  it('stands in what the request logs, and goes on to MediaMTX', async () => {
    const { traceId, answer } = await start(api, 'a', 'gate-a');
    expect(answer.body.status).toBe('RUNNING');
    await eventually(() => {
      const lines = api.logLines().filter((line) => line['traceId'] === traceId);
      expect(lines).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ streamId: answer.body.id, to: 'STARTING', nodeId: 'default' }),
          expect.objectContaining({ msg: 'request' }),
        ]),
      );
    }, PATIENT);
    expect(callsOf(traceId)).toContain('POST /v3/config/paths/replace/cam/gate-a');
  });

  it('is that of each request, also of those that are carried out one after the other', async () => {
    const digits = ['b', 'c', 'd', 'e', 'f'];
    const traces = await Promise.all(digits.map((digit) => start(api, digit, `gate-${digit}`)));
    for (const [i, { traceId }] of traces.entries()) {
      const replaced = callsOf(traceId).filter((call) => call.includes('/replace/'));
      expect(replaced).toEqual([`POST /v3/config/paths/replace/cam/gate-${digits[i] ?? ''}`]);
    }
  });

  it.each(['', 'nonsense', `00-${'0'.repeat(32)}-${CALLER}-01`, 'x'.repeat(5_000)])(
    'is not taken from a header that is none: %.20s',
    async (traceparent) => {
      const { status } = await api.client.send('GET', '/api/nodes', { headers: { traceparent } });
      expect(status).toBe(200);
    },
  );
});

describe('spans, sent to a collector', () => {
  let collector: CollectorDouble;
  let api: ApiProcess;

  beforeAll(async () => {
    collector = await CollectorDouble.start();
    api = await up({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
  });
  afterAll(async () => {
    await api.stop();
    await collector.stop();
  });

  const isSql = (span: Span): boolean => attribute(span, 'db.system.name') === 'postgresql';
  const ofNames = (spans: readonly Span[]): string[] => spans.map(({ name }) => name);

  it('shows HTTP, SQL and MediaMTX of one request in the trace of its caller', async () => {
    const { traceId } = await start(api, '7', 'gate-7');
    await eventually(() => {
      const spans = collector.trace(traceId);
      const [server] = spans.filter(({ kind }) => kind === 2);
      expect(server).toMatchObject({
        name: 'POST /api/streams/start',
        parentSpanId: CALLER,
      });
      expect(spans.filter(isSql).length).toBeGreaterThan(0);
      const calls = spans.filter((span) => span.kind === 3 && !isSql(span));
      expect(
        calls.map((span) => attribute(span, 'http.url') ?? attribute(span, 'url.full')),
      ).toEqual(
        expect.arrayContaining([expect.stringContaining('/v3/config/paths/replace/cam/gate-7')]),
      );
    }, PATIENT);
    expect(collector.services).toEqual(new Set(['vigia']));
    const spanId = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(api.logLines()).toContainEqual(
      expect.objectContaining({ traceId, spanId, to: 'STARTING' }),
    );
  });

  it('shows the look and the SQL of one tick in one trace', async () => {
    await eventually(() => {
      const ticks = collector.spans.filter(({ name }) => name === 'reconcile node');
      const whole = ticks.filter(({ traceId }) => {
        const spans = collector.trace(traceId);
        return spans.some(isSql) && ofNames(spans).includes('GET');
      });
      expect(whole.length).toBeGreaterThan(0);
    }, PATIENT);
  });

  it('shows no probe of health, and no secret', async () => {
    await api.client.get('/health/ready');
    const { traceId } = await start(api, '8', 'gate-8');
    await eventually(() => expect(collector.trace(traceId).length).toBeGreaterThan(0), PATIENT);
    expect(ofNames(collector.spans)).not.toContain('GET /health/ready');
    expect(collector.received).not.toContain(CANARY);
  });

  it('sends what is left when the process ends', async () => {
    const { traceId } = await start(api, '9', 'gate-9');
    await api.stop();
    expect(ofNames(collector.trace(traceId))).toContain('POST /api/streams/start');
  });
});
