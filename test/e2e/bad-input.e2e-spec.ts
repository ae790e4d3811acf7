/** Whatever is sent: a clear problem, and nothing lost or left behind. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type ApiAnswer, type ApiClient, secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import { type ExpectedProblem, expectProblem } from '#test/support/http/expect-problem.js';
import { RawConnection } from '#test/support/http/raw-connection.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

const START = '/api/streams/start';
const NOBODY = '00000000-0000-4000-8000-000000000000';
const SOURCE = secretSource('127.0.0.1:9/live');

interface Request {
  readonly method?: string;
  readonly url?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Case = readonly [name: string, request: Request, expected: ExpectedProblem];

const starting = (fields: Readonly<Record<string, unknown>>): Request => ({
  body: JSON.stringify({ cameraId: 'a', source: SOURCE, ...fields }),
});
const sending = (body: string, contentType = 'application/json'): Request => ({
  body,
  headers: { 'content-type': contentType },
});
const malformed = { status: 400, code: 'request.malformed' };
const invalid = (...pointers: string[]): ExpectedProblem => ({
  status: 422,
  code: 'request.invalid',
  pointers,
});

const VALID = JSON.stringify({ cameraId: 'a', source: SOURCE });

const BODIES: readonly Case[] = [
  ['no body', {}, { status: 400, code: 'request.missing_body' }],
  ['an empty body', sending(''), { status: 400, code: 'request.missing_body' }],
  ['JSON that ends too early', sending('{"cameraId":'), malformed],
  ['two documents', sending(`${VALID} ${VALID}`), malformed],
  ['a body that is not UTF-8', { body: notUtf8() }, malformed],
  ['a __proto__ key', sending(`{"__proto__":{"x":1},${VALID.slice(1)}`), malformed],
  ['an escaped __proto__ key', sending(`{"\\u005f_proto__":1,${VALID.slice(1)}`), malformed],
  ['constructor.prototype', sending(`{"constructor":{"prototype":1}}`), malformed],
  ['a __proto__ label', sending(`{"labels":{"__proto__":"x"},${VALID.slice(1)}`), malformed],
  ['null', sending('null'), invalid('')],
  ['a list', sending('[]'), invalid('')],
  ['a list that is 30 000 deep', sending('['.repeat(30_000) + ']'.repeat(30_000)), invalid('')],
  ['a deep label', starting({ labels: { a: { b: { c: {} } } } }), invalid('/labels/a')],
  ['nothing of what is needed', sending('{}'), invalid('/cameraId', '/source')],
  [
    'every field of a wrong type, and two unknown ones',
    starting({
      cameraId: 1,
      source: 2,
      onDemand: 'yes',
      transport: 'x',
      labels: [],
      'password/~': CANARY,
      constructor: 1,
    }),
    invalid(
      '/cameraId',
      '/source',
      '/onDemand',
      '/transport',
      '/labels',
      '/password~1~0',
      '/constructor',
    ),
  ],
  [
    'null for every field',
    starting({ cameraId: null, source: null }),
    invalid('/cameraId', '/source'),
  ],
  [
    'a duplicate key, of which the last one counts',
    sending(`${VALID.slice(0, -1)},"cameraId":""}`),
    invalid('/cameraId'),
  ],
  ['plain text', sending(VALID, 'text/plain'), unsupported()],
  ['a form', sending('cameraId=a', 'application/x-www-form-urlencoded'), unsupported()],
  ['something like JSON', sending(VALID, 'application/jsonp'), unsupported()],
  ['a content type that is none', sending(VALID, 'junk'), unsupported()],
  ['a body of 64 KiB and a byte', sending(' '.repeat(65_537)), tooLarge()],
  ['a camera id of 64 KiB', starting({ cameraId: 'a'.repeat(65_536) }), tooLarge()],
];

const CAMERA_IDS = [
  ...['whep', 'whip', 'publish', '', '.', '-a', ' a', 'a ', 'a\n', 'a\u0000', 'a\r\nb', 'a/../b'],
  ...['a%2Fb', 'caméra', 'gate\u202e', '\ud800', 'a'.repeat(65), 'a'.repeat(5_000), '../../etc'],
];

const SOURCES = [
  ...['', 'redirect', 'rpiCamera', 'publisher', 'rtsp://', 'rtsp:///x', 'javascript:alert(1)'],
  ...['ftp://h/', 'file:///etc/passwd', 'unix+rtsp://x', 'udp://h:1', 'rtsp+unix://x/'],
  ...['rtsp://a\r\nb/', '\trtsp://h/', 'rtsp://h/\u0000', 'rtsp://h/\u007f', 'rtsp://h/é'],
  ...['rtsp://0x7f.1/', 'rtsp://2130706433/', 'rtsp://127.1/', 'rtsp://0177.0.0.1/'],
  ...['rtsp://256.1.1.1/', 'rtsp://1.2.3.4.5/', 'rtsp://[::1/', 'rtsp://h..x/', 'rtsp://-h/'],
  ...[`rtsp://${CANARY}@h/`, `rtsp://u:${CANARY}@`, `rtsp://:${CANARY}@h/`, 'rtsp://u:@h/'],
  ...[`rtsp://u:${CANARY}@h@x/`, 'rtsp://h/#f', `rtsp://u:${CANARY}@h\\@evil/`, 'rtsp://h\\@evil/'],
  ...['rtsp://h:0/', 'rtsp://h:99999/', 'rtsp://h:/', 'rtsp://h:80:80/', 'rtsp://h/%zz'],
  ...['rtsp://$RTSP_PATH/x', 'rtsp://h/{x}', 'rtsp://\ud800/', `rtsp://h/${'a'.repeat(2_048)}`],
];

const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, 'v']));
const LABELS: readonly Case[] = [
  ['a lone surrogate', starting({ labels: { site: '\ud800' } }), invalid('/labels/site')],
  ['a control character', starting({ labels: { site: 'a\u0007b' } }), invalid('/labels/site')],
  ['NUL', starting({ labels: { site: '\u0000' } }), invalid('/labels/site')],
  ['a key with a space', starting({ labels: { 'my site': 'x' } }), invalid('/labels/my site')],
  ['a value of 257', starting({ labels: { a: 'x'.repeat(257) } }), invalid('/labels/a')],
  ['a number', starting({ labels: { a: 1 } }), invalid('/labels/a')],
  ['33 of them', starting({ labels: many }), invalid('/labels')],
];

const get = (url: string): Request => ({ method: 'GET', url });
const list = (query: string): Request => get(`/api/streams?${query}`);
const cursorOf = (text: string): string => Buffer.from(text).toString('base64url');
const badCursor = { status: 400, code: 'request.invalid_cursor', pointers: ['cursor'] };

const QUERIES: readonly Case[] = [
  ...['0', '501', '-1', '1.5', '1e2', '', 'abc', '%00', '9'.repeat(40), '5&limit=6'].map(
    (limit): Case => [`limit=${limit}`, list(`limit=${limit}`), invalid('limit')],
  ),
  ...[
    ...['x', '', '%00', 'a'.repeat(600), cursorOf('v1:'), cursorOf('v2:1'), cursorOf('v1:1')],
    ...[cursorOf(`v1:${NOBODY}:x`), `${cursorOf(`v1:${NOBODY}`)}!`, cursorOf("v1:' OR 1=1 --")],
  ].map((cursor): Case => [`cursor=${cursor}`, list(`cursor=${cursor}`), badCursor]),
  [
    'an events cursor of a stream',
    get(`/api/streams/${NOBODY}/events?cursor=${cursorOf(`v1:${NOBODY}`)}`),
    badCursor,
  ],
  ['a status that is none', list('status=running'), invalid('status')],
  ['two statuses', list('status=RUNNING&status=ERROR'), invalid('status')],
  ['a hostile camera id', list('cameraId=%00'), invalid('cameraId')],
  ['a label without a value', list('label=a'), invalid('label')],
  ['a label with NUL', list('label=a=%00'), invalid('label')],
  ['a label that contradicts itself', list('label=a=1&label=a=2'), invalid('label')],
  ['33 labels', list('label=a=1&'.repeat(33)), invalid('label')],
  ['an unknown parameter', list('foo=1&__proto__=1'), invalid('foo', '__proto__')],
  ['a parameter of 9 000 characters', list('a'.repeat(9_000)), invalid('a'.repeat(256))],
];

const badId = { status: 400, code: 'request.malformed_id', pointers: ['id'] };
const badUrl = { status: 400, code: 'request.malformed_url' };
const unknownRoute = { status: 404, code: 'request.unknown_route' };
const unknownStream = { status: 404, code: 'stream.not_found' };

const URLS: readonly Case[] = [
  ...['x', '%00', `${NOBODY}0`, 'a%2Fb', '..%2F..', '%7B%7D', "'--", 'a'.repeat(5_000)].flatMap(
    (id): Case[] => [
      [`the id ${id}`, get(`/api/streams/${id}`), badId],
      [`the id ${id} to stop`, { url: `/api/streams/${id}/stop` }, badId],
    ],
  ),
  ['the id %ZZ', get('/api/streams/%ZZ'), badUrl],
  ['the id %FF', get('/api/streams/%FF'), badUrl],
  ['an unknown id', get(`/api/streams/${NOBODY}`), unknownStream],
  ['the events of an unknown id', get(`/api/streams/${NOBODY}/events`), unknownStream],
  ['an unknown id to stop', { url: `/api/streams/${NOBODY}/stop` }, unknownStream],
  ...['/', '/nope', '/api', '/api/streams/', '/API/streams', '//api/streams', '/docs/nope.js'].map(
    (url): Case => [`GET ${url}`, get(url), unknownRoute],
  ),
  ['broken JSON to nowhere', { ...sending('{'), url: '/nope' }, unknownRoute],
];

const METHODS: readonly (readonly [method: string, url: string, allow: string])[] = [
  ['GET', START, 'POST'],
  ['PUT', START, 'POST'],
  ['OPTIONS', START, 'POST'],
  ['GET', `/api/streams/${NOBODY}/stop`, 'POST'],
  ['GET', `/api/streams/${NOBODY}/retry`, 'POST'],
  ['DELETE', `/api/streams/${NOBODY}`, 'GET, HEAD, PATCH'],
  ['PATCH', START, 'POST'],
  ['PATCH', '/api/streams', 'GET, HEAD'],
  ['POST', '/api/streams', 'GET, HEAD'],
  ['POST', '/health', 'GET, HEAD'],
  ['POST', '/docs', 'GET, HEAD'],
];

function notUtf8(): Uint8Array<ArrayBuffer> {
  const [before, after] = JSON.stringify({
    cameraId: 'a',
    source: SOURCE,
    labels: { a: '|' },
  }).split('|');
  return new Uint8Array([...Buffer.from(before ?? ''), 0xff, 0xfe, ...Buffer.from(after ?? '')]);
}

function unsupported(): ExpectedProblem {
  return { status: 400, code: 'request.unsupported_media_type' };
}

function tooLarge(): ExpectedProblem {
  return { status: 413, code: 'request.too_large' };
}

function send(client: ApiClient, request: Request): Promise<ApiAnswer<unknown>> {
  const { method = 'POST', url = START, body, headers = {} } = request;
  const json = { 'content-type': 'application/json' };
  return client.send(
    method,
    url,
    body === undefined ? { headers } : { body, headers: { ...json, ...headers } },
  );
}

describe('bad input', () => {
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

  const expectRefusal = async ([, request, expected]: Case): Promise<void> => {
    expectProblem(await send(api.client, request), expected);
  };

  it.each(BODIES)('refuses a start with %s', (...given) => expectRefusal(given));

  it.each(CAMERA_IDS)('refuses the camera id %j', (cameraId) =>
    expectRefusal(['', starting({ cameraId }), invalid('/cameraId')]),
  );

  it.each(SOURCES)('refuses the source %j', (source) =>
    expectRefusal(['', starting({ source }), invalid('/source')]),
  );

  it.each(LABELS)('refuses labels with %s', (...given) => expectRefusal(given));

  it.each(QUERIES)('refuses a list with %s', (...given) => expectRefusal(given));

  it.each(URLS)('refuses %s', (...given) => expectRefusal(given));

  it.each(METHODS)(
    'answers %s %s with 405 and what is allowed there',
    async (method, url, allow) => {
      const answer = await api.client.send(method, url);

      expectProblem(answer, { status: 405, code: 'request.method_not_allowed' });
      expect(answer.headers.get('allow')).toBe(allow);
    },
  );

  it.each([
    ['too long', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['of several', 'a,b'],
    ['with markup', '<script>'],
    ['empty', ''],
  ])('gives a request an id of its own when the one it brings is %s', async (_, id) => {
    const answer = await send(api.client, {
      ...get(`/api/streams/${NOBODY}`),
      headers: { 'x-request-id': id },
    });

    expect(expectProblem(answer, unknownStream).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says what is wrong in words, not in the words of a library', async () => {
    const { errors } = expectProblem(
      await send(api.client, starting({ source: undefined, onDemand: 1, transport: 'tpc' })),
      invalid('/source', '/onDemand', '/transport'),
    );

    expect(errors?.map(({ message }) => message)).toEqual([
      'is required',
      'must be a boolean',
      'must be one of automatic,udp,multicast,tcp',
    ]);
  });

  it.each([
    ['that is no HTTP', 'GARBAGE\r\n\r\n', 400],
    ['with NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', 400],
    ['with a broken length', `POST ${START} HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n`, 400],
    [
      'with two lengths',
      `POST ${START} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
    ],
    [
      'with a URL of 20 000 characters',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
    ],
  ])('answers a request %s with a problem, too', async (_, text, status) => {
    const answer = await RawConnection.exchange(api.port, text);

    const problem: unknown = JSON.parse(answer.body);
    expect(problem).toMatchObject({ status, requestId: answer.headers.get('x-request-id') });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('takes 200 of all that at once without harm', async () => {
    const cases = [...BODIES, ...LABELS, ...QUERIES, ...URLS];
    const chosen = Array.from({ length: 200 }, (_, index) => cases[index % cases.length]!);

    await Promise.all(chosen.map(expectRefusal));
  });

  it('has written no row, logged no fault and serves on', async () => {
    const [rows] = await database.query<{ streams: number; events: number }>(
      `SELECT (SELECT count(*) FROM streams)::int AS streams,
              (SELECT count(*) FROM stream_events)::int AS events`,
    );
    expect(rows).toEqual({ streams: 0, events: 0 });
    expect(api.logLines().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(api.logs).not.toContain(CANARY);
    const { body } = await api.client.start('after-all', SOURCE, { waitS: 10 });
    expect(body).toMatchObject({ status: 'RUNNING' });
  });

  it.each([
    'wait',
    'wait=',
    'wait=-1',
    'wait=1e9',
    '"',
    ';;,=',
    'respond-async',
    'x'.repeat(5_000),
  ])('ignores the preference %s', async (prefer) => {
    const body = JSON.stringify({
      cameraId: `p-${Math.random().toString(36).slice(2)}`,
      source: SOURCE,
    });
    const answer = await send(api.client, { body, headers: { prefer } });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('preference-applied')).toBeNull();
  });
});

describe('a MediaMTX that does not do what it is told', () => {
  const PATIENT = { timeoutMs: 15_000 };
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    api = await ApiProcess.start({
      databaseUrl: database.url,
      mediaMtxUrl: node.url,
      env: { MEDIAMTX_TIMEOUT_MS: '500' },
    });
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  it('is down at a start: the start is durable and says why it waits, and runs later', async () => {
    await node.kill();

    const { status, body } = await api.client.start('down', SOURCE);

    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'STARTING', desired: 'RUNNING', error: null });
    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({
        status: 'STARTING',
        reason: 'NODE_UNREACHABLE',
      });
    }, PATIENT);
    await node.revive();
    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({ status: 'RUNNING', reason: null });
    }, PATIENT);
  });

  it('refuses the body: an error that says what to do, in our words', async () => {
    const said = `invalid source: '${SOURCE}'`;
    node.faults.set({
      kind: 'refuse',
      status: 400,
      error: said,
      on: { method: 'POST', pathPattern: 'replace/cam/refused' },
    });

    const { body } = await api.client.start('refused', SOURCE, { waitS: 10 });

    expect(body).toMatchObject({ status: 'ERROR', reason: 'MEDIAMTX_REJECTED' });
    expect(body.error?.code).toBe('MEDIAMTX_REJECTED');
    expect(body.error?.message).toMatch(
      /Correct its source by a PATCH, or stop it and start it again/,
    );
    expect(JSON.stringify([body, await api.client.events(body.id)])).not.toContain(
      'invalid source',
    );
    expect(api.logs).not.toContain('invalid source');
    node.faults.clear();
  });

  it('is slower than its deadline: the stream waits, and runs once it is fast again', async () => {
    node.faults.set({ kind: 'slow', ms: 1_000 });

    const { body } = await api.client.start('slow', SOURCE);

    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({
        status: 'STARTING',
        reason: 'NODE_UNREACHABLE',
      });
    }, PATIENT);
    node.faults.clear();
    await eventually(async () => {
      expect(await api.client.stream(body.id)).toMatchObject({ status: 'RUNNING', error: null });
    }, PATIENT);
  });
});
