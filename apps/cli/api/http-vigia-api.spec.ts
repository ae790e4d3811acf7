import { describe, expect, it } from '@jest/globals';

import { createVigiaClient } from '#api-client/client.js';
import { aProblem, aStreamBody } from '#test/support/cli/fake-vigia-api.js';

import { ApiRefused, ApiUnreachable, Interrupted, NotTheApi } from './failures.js';
import { HttpVigiaApi } from './http-vigia-api.js';

const URL_OF_API = 'http://vigia.example';

function answering(
  respond: (request: Request) => Response | Promise<Response>,
  interrupted = new AbortController().signal,
): HttpVigiaApi {
  const client = createVigiaClient({
    baseUrl: URL_OF_API,
    fetch: async (request) => respond(request),
  });
  return new HttpVigiaApi(URL_OF_API, interrupted, client);
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe('the API over HTTP', () => {
  it('is asked as its document says', async () => {
    const asked: string[] = [];
    const api = answering(async (request) => {
      const prefer = request.headers.get('prefer') ?? '';
      asked.push([request.method, request.url, prefer, await request.text()].join(' ').trim());
      return json(aStreamBody());
    });
    await api.listStreams({ status: 'ERROR', label: ['a=b', 'c=d'], limit: 2 });
    await api.start({ cameraId: 'a', source: 's' }, 7);
    await api.stop('1');
    expect(asked).toEqual([
      `GET ${URL_OF_API}/api/streams?status=ERROR&label=a%3Db&label=c%3Dd&limit=2`,
      `POST ${URL_OF_API}/api/streams/start wait=7 {"cameraId":"a","source":"s"}`,
      `POST ${URL_OF_API}/api/streams/1/stop`,
    ]);
  });

  it('refuses with its problem document', async () => {
    const problem = aProblem();
    const refused = answering(() => json(problem, 409)).stop('1');
    await expect(refused).rejects.toBeInstanceOf(ApiRefused);
    await expect(refused).rejects.toMatchObject({ problem });
  });

  it.each([502, 503, 504])('is not reached when a gateway says %d', async (status) => {
    const answer = answering(() => new Response('<h1>Bad Gateway</h1>', { status })).nodes();
    await expect(answer).rejects.toThrow(ApiUnreachable);
    await expect(answer).rejects.toThrow(`a gateway answers ${status}`);
  });

  it.each([
    ['HTML', () => new Response('<h1>Hello</h1>')],
    ['nothing', () => new Response(null, { status: 204 })],
    ['a refusal in other words', () => json({ message: 'no' }, 404)],
  ])('is something else when it says %s', async (_name, respond) => {
    await expect(answering(respond).nodes()).rejects.toThrow(NotTheApi);
  });

  it('is not reached with the cause in words', async () => {
    const cause = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    const api = answering(() => Promise.reject(new TypeError('fetch failed', { cause })));
    await expect(api.nodes()).rejects.toThrow(
      `The API at ${URL_OF_API} cannot be reached: ECONNREFUSED.`,
    );
  });

  it('is given up when somebody interrupts', async () => {
    const interruption = new AbortController();
    const api = answering(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      interruption.signal,
    );
    const answer = api.nodes();
    interruption.abort();
    await expect(answer).rejects.toThrow(Interrupted);
  });
});
