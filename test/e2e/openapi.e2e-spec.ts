/** The document is true, complete and pleasant: clients are generated from it. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type ApiAnswer, secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { OpenApiContract, type OpenApiDocument } from '#test/support/openapi/open-api-contract.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';
import { Proxy } from '#test/support/proxy.js';

const COMMITTED = new URL('../../libs/api-client/openapi.json', import.meta.url);
const NOBODY = '00000000-0000-4000-8000-000000000000';
const SOURCE = secretSource('127.0.0.1:9/live');

describe('the OpenAPI document', () => {
  let database: TestDatabase;
  let way: Proxy;
  let node: MediaMtxSimulator;
  let api: ApiProcess;
  let document: OpenApiDocument;
  let contract: OpenApiContract;

  beforeAll(async () => {
    database = await TestDatabase.create();
    way = await Proxy.start(Number(new URL(database.url).port));
    node = await MediaMtxSimulator.start();
    node.setSource(/dead/, 'dead');
    api = await ApiProcess.start({
      databaseUrl: way.through(database.url),
      mediaMtxUrl: node.url,
      env: { SOURCE_DEADLINE_MS: '1000' },
    });
    ({ body: document } = await api.client.get<OpenApiDocument>('/docs-json'));
    contract = new OpenApiContract(document);
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await way.stop();
    await database.close();
  });

  /** Asks, and holds what comes back against the document. */
  async function ask(
    method: string,
    url: string,
    init: RequestInit = {},
  ): Promise<ApiAnswer<unknown>> {
    const answer = await api.client.send(method, url, init);
    const contentType = answer.headers.get('content-type');
    contract.check({ method, url, status: answer.status, contentType, body: answer.body });
    return answer;
  }

  function start(fields: object, headers = {}): Promise<ApiAnswer<unknown>> {
    const body = JSON.stringify({ source: SOURCE, ...fields });
    return ask('POST', '/api/streams/start', { body, headers });
  }

  function patch(
    id: string,
    body: string,
    headers: Record<string, string> = { 'if-match': '*' },
    query = '',
  ): Promise<ApiAnswer<unknown>> {
    return ask('PATCH', `/api/streams/${id}${query}`, { body, headers });
  }

  /** Each answer that a change has, but for those that every operation has. */
  async function askForChanges(id: string, tooLarge: string): Promise<void> {
    const { body } = await start({ cameraId: 'gone' });
    const gone = (body as { id: string }).id;
    await ask('POST', `/api/streams/${gone}/stop`);
    const lost = { 'if-match': '"99"' };
    await patch(id, '{"labels":{"floor":"2"}}');
    await patch(id, '{"onDemand":true}', undefined, '?dryRun=true');
    await patch(id, '{}', {});
    await patch(id, '{', lost);
    await patch(id, tooLarge, lost);
    await patch(id, '{"source":null}', lost);
    await patch(id, '{}', lost);
    await patch(gone, '{}');
    await patch(NOBODY, '{}');
    await ask('POST', `/api/streams/${id}/retry`);
    await ask('POST', `/api/streams/${id}/retry`, { body: '{' });
    await ask('POST', `/api/streams/${id}/retry`, { body: tooLarge });
    await ask('POST', `/api/streams/${id}/retry`, { headers: lost });
    await ask('POST', `/api/streams/${gone}/retry`);
    await ask('POST', `/api/streams/${NOBODY}/retry`);
    await ask('POST', `/api/streams/${id}/stop`, { headers: lost });
  }

  /** Each operation once, with nothing wrong about the request. */
  async function askAll(id: string): Promise<number[]> {
    const answers = [
      await start({ cameraId: 'another' }),
      await ask('GET', '/api/streams'),
      await ask('GET', `/api/streams/${id}`),
      await ask('GET', `/api/streams/${id}/events`),
      await patch(id, '{"labels":{"a":"b"}}'),
      await ask('POST', `/api/streams/${id}/retry`),
      await ask('POST', `/api/streams/${id}/stop`),
      await ask('GET', '/api/nodes'),
    ];
    return answers.map(({ status }) => status);
  }

  /** Each answer that it has: as many as may be asked at once hang at a source that says nothing. */
  async function askForChecks(tooLarge: string): Promise<void> {
    const check = (body: string, init: RequestInit = {}): Promise<ApiAnswer<unknown>> =>
      ask('POST', '/api/sources/check', { body, ...init });
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const source = JSON.stringify({ source: `rtsp://127.0.0.1:${port}/` });
    await check('{"source":"srt://127.0.0.1:1"}');
    await check('{');
    await check(tooLarge);
    await check('{"source":"x"}');
    const hangingUp = new AbortController();
    const { signal } = hangingUp;
    const hanging = Array.from({ length: 32 }, () => check(source, { signal }).catch(() => null));
    await eventually(async () => {
      const oneMore = await check(source, { signal: AbortSignal.timeout(1_000) });
      expect(oneMore.status).toBe(503);
    });
    hangingUp.abort();
    await Promise.all(hanging);
    silent.close();
  }

  it('is the committed one', async () => {
    const committed = (await readFile(COMMITTED, 'utf8')).split('\n');
    const served = `${JSON.stringify(document, null, 2)}\n`.split('\n');

    const drift = served.findIndex((line, index) => line !== committed[index]);
    if (drift !== -1 || served.length !== committed.length) {
      throw new Error(
        `libs/api-client/openapi.json is out of date from line ${drift + 1}: run npm run openapi`,
      );
    }
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();

    expect(
      await validator.validate(structuredClone(document) as unknown as Record<string, unknown>),
    ).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every real answer', async () => {
    const { body } = await start(
      { cameraId: 'one', labels: { site: 'north' } },
      { prefer: 'wait=20' },
    );
    const { id } = body as { id: string };
    await start({ cameraId: 'dead', source: 'rtsp://127.0.0.1:9/dead' }, { prefer: 'wait=20' });
    await ask('GET', '/api/streams?status=ERROR&limit=1');
    await ask('GET', '/api/streams?label=site=north&limit=1');
    await ask('GET', `/api/streams/${id}/events?limit=1`);
    const paths = ['/health', '/health/live', '/health/ready', '/api/nodes', `/api/streams/${id}`];
    await Promise.all(paths.map((path) => ask('GET', path)));
    await start({ cameraId: 'one' });

    const tooLarge = ' '.repeat(70_000);
    await ask('POST', '/api/streams/start', { body: '{' });
    await ask('POST', '/api/streams/start', { body: tooLarge });
    await start({ cameraId: '-' });
    await ask('POST', `/api/streams/${id}/stop`, { body: '{' });
    await ask('POST', `/api/streams/${id}/stop`, { body: tooLarge });
    for (const path of ['', '/events']) {
      await ask('GET', `/api/streams/x${path}`);
      await ask('GET', `/api/streams/${NOBODY}${path}`);
    }
    await ask('POST', `/api/streams/${NOBODY}/stop`);
    for (const list of ['/api/streams', `/api/streams/${id}/events`]) {
      await ask('GET', `${list}?cursor=x`);
      await ask('GET', `${list}?limit=x`);
    }

    await askForChecks(tooLarge);
    await askForChanges(id, tooLarge);

    await database.query('ALTER TABLE streams RENAME TO streams_away');
    await database.query('ALTER TABLE stream_events RENAME TO stream_events_away');
    expect(await askAll(id)).toEqual(Array.from({ length: 8 }, () => 500));
    await database.query('ALTER TABLE streams_away RENAME TO streams');
    await database.query('ALTER TABLE stream_events_away RENAME TO stream_events');
    const { port } = way;
    await way.stop();
    expect(await askAll(id)).toEqual(Array.from({ length: 8 }, () => 503));
    await eventually(async () => {
      expect((await ask('GET', '/health')).status).toBe(503);
      expect((await ask('GET', '/health/ready')).status).toBe(503);
      expect((await ask('GET', '/health/live')).status).toBe(200);
    });
    way = await Proxy.start(Number(new URL(database.url).port), port);
    await eventually(
      async () => {
        expect((await ask('POST', `/api/streams/${id}/stop`)).status).toBe(200);
      },
      { timeoutMs: 15_000 },
    );

    // A check asks nobody but the source: there is nothing to break behind it.
    expect([...contract.covered, 'checkSource 500'].sort()).toEqual([...contract.declared].sort());
  });

  it('names each operation as a client would call it', () => {
    const ids = contract.operations().map(({ operation }) => operation.operationId);

    expect(ids.sort()).toEqual([
      'checkSource',
      ...['getHealth', 'getLiveness', 'getReadiness', 'getStream', 'listNodes', 'listStreamEvents'],
      ...['listStreams', 'patchStream', 'retryStream', 'startStream', 'stopStream'],
    ]);
    contract.operations().forEach(({ operation: { summary, tags } }) => {
      expect(summary).toMatch(/^[A-Z]/);
      expect(tags).toHaveLength(1);
    });
  });

  it('declares problems as application/problem+json with one component and an example', () => {
    for (const { path, operation } of contract.operations()) {
      const refused = Object.entries(operation.responses).filter(([status]) => status >= '400');
      for (const [, { content }] of path.startsWith('/health') ? [] : refused) {
        expect(Object.keys(content)).toEqual(['application/problem+json']);
        const { schema, examples = {} } = content['application/problem+json']!;
        expect(schema).toEqual({ $ref: '#/components/schemas/Problem' });
        expect(Object.keys(examples)).not.toEqual([]);
      }
    }
  });

  it('declares query parameters one by one, with their types', () => {
    const list = contract
      .operations()
      .find(({ operation }) => operation.operationId === 'listStreams');

    const parameters = (list?.operation.parameters ?? []).map(({ name, required, schema }) => {
      return [name, required, schema];
    });
    const text = expect.objectContaining({ type: 'string' });
    const status = { $ref: '#/components/schemas/StreamStatus' };
    expect(parameters).toEqual([
      ['status', false, expect.objectContaining({ allOf: [status] })],
      ['cameraId', false, text],
      ['label', false, expect.objectContaining({ type: 'array', maxItems: 32, items: text })],
      [
        'limit',
        false,
        expect.objectContaining({
          type: 'integer',
          minimum: 1,
          maximum: 500,
          description: expect.stringContaining('Default: 50.'),
        }),
      ],
      ['cursor', false, text],
    ]);
  });

  it('asks for what is needed and promises all that is answered', () => {
    const { PatchStream, StartStream, ...others } = document.components.schemas;

    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        ...[
          'Health',
          'PatchPreview',
          'PatchStream',
          'Playback',
          'Problem',
          'StartStream',
          'Stream',
          'StreamError',
        ],
        ...['StreamEvent', 'StreamEventList', 'StreamList', 'StreamDetails', 'Outage'],
      ]),
    );
    expect(StartStream?.required).toEqual(['cameraId', 'source']);
    expect(PatchStream?.required).toBeUndefined();
    const optional = Object.entries(others).flatMap(([name, { properties = {}, required = [] }]) =>
      Object.keys(properties)
        .filter((field) => !required.includes(field))
        .map((field) => `${name}.${field}`),
    );
    expect(optional).toEqual(['Problem.errors', 'Problem.activeStreamId', 'Problem.generation']);
  });

  it('says of every field of a start what it means, and what it is by default', () => {
    const { properties = {} } = document.components.schemas['StartStream'] ?? {};

    // A `default` would make the field a required one in generated types.
    expect(JSON.stringify(properties)).not.toContain('"default"');
    expect(Object.entries(properties).map(([name, field]) => [name, field.description])).toEqual([
      ['cameraId', expect.any(String)],
      ['source', expect.any(String)],
      ['onDemand', expect.stringContaining('Default: false.')],
      ['transport', expect.stringContaining('Default: "tcp".')],
      ['labels', expect.stringContaining('Default: {}.')],
    ]);
  });

  it('takes a patch in both of its types, and tells a change from a preview', () => {
    const patching = contract
      .operations()
      .find(({ operation }) => operation.operationId === 'patchStream')?.operation;

    const body = { schema: { $ref: '#/components/schemas/PatchStream' } };
    expect(patching?.requestBody?.content).toEqual({
      'application/json': body,
      'application/merge-patch+json': body,
    });
    expect(patching?.responses['200']?.content['application/json']?.schema).toEqual({
      anyOf: [
        { $ref: '#/components/schemas/Stream' },
        { $ref: '#/components/schemas/PatchPreview' },
      ],
    });
    expect(patching?.parameters.map(({ name, required }) => [name, required])).toEqual([
      ['id', true],
      ['dryRun', false],
      ['If-Match', true],
    ]);
  });

  it('leaves answers open for growth and repeats no rule', () => {
    const text = JSON.stringify(document);

    const closed = Object.entries(document.components.schemas)
      .filter(([, { additionalProperties }]) => additionalProperties === false)
      .map(([name]) => name);
    expect(closed).toEqual(['CheckSource', 'PatchStream', 'StartStream']);
    expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER));
    expect(text).not.toMatch(/"format":"[^"]+","pattern"/);
  });

  it('shows examples that its own schemas accept', () => {
    const shown = Object.entries(document.components.schemas).filter(
      ([, { example }]) => example !== undefined,
    );
    const problems = Object.entries(document.components.examples);

    expect(shown.map(([name]) => name)).toEqual([
      ...['CheckedSource', 'CheckSource', 'Node', 'PatchPreview', 'PatchStream', 'StartStream'],
      ...['Stream', 'StreamDetails', 'StreamEvent'],
    ]);
    shown.forEach(([name, { example }]) => {
      contract.validate(['components', 'schemas', name], example, name);
    });
    problems.forEach(([name, { value }]) => {
      contract.validate(['components', 'schemas', 'Problem'], value, name);
    });
  });

  it('is shown by Swagger UI, whose files come from here', async () => {
    const { body, headers } = await api.client.get<string>('/docs');

    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const assets = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^\.\//);
      expect((await api.client.get(new URL(asset, 'http://x/docs').pathname)).status).toBe(200);
    }
  });
});
