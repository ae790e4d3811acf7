/** The client against what MediaMTX really answered, and against everything that can go wrong. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';

import axios from 'axios';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type PathSpec } from '#streaming/domain/ports/media-mtx-client.js';
import { HttpMediaMtxClient } from '#streaming/infrastructure/mediamtx/http-media-mtx-client.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';

const RECORDINGS = path.resolve(import.meta.dirname, '../fixtures/mediamtx-recorded');
const SPEC: PathSpec = {
  source: { url: 'rtsp://10.0.0.1/a', secret: { userInfo: `u:${CANARY}`, query: null } },
  onDemand: false,
  transport: 'tcp',
};

interface Exchange {
  note: string;
  request: { method: string; path: string };
  response: { status: number; contentType: string; body: string };
}

const open: { close: () => Promise<void> | void }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0)) {
    await close();
  }
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function clientOf(
  apiUrl: string,
  options: { timeoutMs?: number; credentials?: { username: string; password: string } } = {},
): HttpMediaMtxClient {
  const client = new HttpMediaMtxClient(new HttpService(axios.create()), {
    apiUrl,
    credentials: options.credentials ?? null,
    timeoutMs: options.timeoutMs ?? 5_000,
  });
  open.push({ close: () => client.onApplicationShutdown() });
  return client;
}

function answering(status: number, body: string): Promise<{ url: string }> {
  return serve((_request, response) => response.writeHead(status).end(body));
}

const files = readdirSync(RECORDINGS).filter((name) => name.endsWith('.json'));

describe.each(files)('the client reads the recording %s', (file) => {
  const { exchanges } = JSON.parse(readFileSync(path.join(RECORDINGS, file), 'utf8')) as {
    exchanges: Exchange[];
  };

  async function replay({ response }: Exchange): Promise<HttpMediaMtxClient> {
    const { url } = await serve((_request, reply) =>
      reply.writeHead(response.status, { 'content-type': response.contentType }).end(response.body),
    );
    return clientOf(url);
  }

  const of = (method: string, prefix: string): Exchange[] =>
    exchanges.filter(({ request }) => request.method === method && request.path.startsWith(prefix));

  it('covers four versions with fifty exchanges each', () => {
    expect(files).toHaveLength(4);
    expect(exchanges).toHaveLength(50);
  });

  it('takes every whole list as complete, with the names that stand in it', async () => {
    const whole = of('GET', '/v3/paths/list').filter(({ request }) =>
      request.path.includes('itemsPerPage=100000'),
    );
    expect(whole.length).toBeGreaterThan(2);
    for (const exchange of whole) {
      const look = await (await replay(exchange)).look();
      const { items } = JSON.parse(exchange.response.body) as { items: { name: string }[] };
      expect(look.kind === 'complete' && [...look.paths.keys()]).toEqual(
        items.map(({ name }) => name),
      );
    }
  });

  it('takes what is no whole list as inconclusive', async () => {
    const broken = of('GET', '/v3/paths/list').filter(
      ({ request }) => !request.path.includes('itemsPerPage=100000'),
    );
    expect(broken.length).toBeGreaterThan(2);
    for (const exchange of broken) {
      expect(await (await replay(exchange)).look()).toMatchObject({ kind: 'inconclusive' });
    }
  });

  it('reads each runtime state as it was', async () => {
    for (const exchange of of('GET', '/v3/paths/get/')) {
      const look = await (await replay(exchange)).lookAt('cam/live');
      const item = JSON.parse(exchange.response.body) as Record<string, unknown>;
      const sample =
        exchange.response.status === 404
          ? null
          : {
              name: item['name'],
              confName: item['confName'],
              available: item['available'] ?? item['ready'],
              availableTime: item['availableTime'] ?? item['readyTime'],
              inboundBytes: item['inboundBytes'] ?? item['bytesReceived'],
              readers: (item['readers'] as unknown[] | undefined)?.length,
            };
      expect(look).toEqual({ kind: 'complete', sample });
    }
  });

  it('tells accepted from rejected writes, and passes on no word of a refusal', async () => {
    const writes = of('POST', '/v3/config/paths/replace/');
    expect(writes.length).toBeGreaterThan(15);
    for (const exchange of writes) {
      const outcome = await (await replay(exchange)).replace('cam/x', SPEC);
      const expected = exchange.response.status === 200 ? 'accepted' : 'rejected';
      expect([exchange.note, outcome.kind]).toEqual([exchange.note, expected]);
      const { error } = JSON.parse(exchange.response.body) as { error?: string };
      expect(JSON.stringify(outcome)).not.toContain(error ?? CANARY);
    }
  });

  it('takes the removal of what is not there as done, and a poisoned one as refused', async () => {
    for (const exchange of of('DELETE', '/v3/config/paths/delete/')) {
      const outcome = await (await replay(exchange)).remove('cam/dead');
      expect(outcome.kind).toBe(exchange.response.status === 400 ? 'rejected' : 'accepted');
    }
  });

  it('reads the version', async () => {
    const info = await (await replay(of('GET', '/v3/info')[0]!)).info();
    expect(info).toMatchObject({ version: `v${file.replace('.json', '')}` });
    expect(Date.parse(info?.started ?? '')).not.toBeNaN();
  });
});

describe('the client when things go wrong', () => {
  it.each([
    ['an empty 200 to a write', 200, '', 'accepted'],
    ['a 500', 500, '{"error":"terminated"}', 'unknown'],
    ['a 401', 401, '{"error":"authentication error"}', 'unknown'],
    ['a 404 to a replace', 404, '{"error":"x"}', 'unknown'],
  ])('takes %s to a replace as %s %s → %s', async (_name, status, body, kind) => {
    const { url } = await answering(status, body);
    expect((await clientOf(url).replace('cam/x', SPEC)).kind).toBe(kind);
  });

  it.each([
    ['truncated JSON', '{"itemCount":1,"items":[{"name":"cam/a"'],
    ['another shape', '{"itemCount":0,"items":null}'],
    ['counts as strings', '{"itemCount":"0","items":[]}'],
    ['an item count that differs', '{"itemCount":2,"items":[]}'],
    ['HTML', '<html></html>'],
    ['nothing', ''],
  ])('takes a list that is %s as inconclusive', async (_name, body) => {
    const { url } = await answering(200, body);
    expect(await clientOf(url).look()).toMatchObject({ kind: 'inconclusive' });
  });

  it("does not take another server's 404 as an absent path", async () => {
    const { url } = await answering(404, '404 page not found');
    expect(await clientOf(url).lookAt('cam/a')).toMatchObject({ kind: 'inconclusive' });
    expect(await clientOf(url).remove('cam/a')).toMatchObject({ kind: 'unknown' });
  });

  it('gives up at its deadline when nothing is answered', async () => {
    const { url } = await serve(() => undefined);
    const look = await clientOf(url, { timeoutMs: 100 }).look();
    expect(look).toEqual({ kind: 'inconclusive', cause: 'no answer within 100 ms' });
  });

  it('gives up at its deadline when the body drips', async () => {
    const drips: NodeJS.Timeout[] = [];
    open.push({ close: () => drips.forEach((drip) => clearInterval(drip)) });
    const { url } = await serve((_request, response: ServerResponse) => {
      response.writeHead(200).write('{');
      drips.push(setInterval(() => response.write(' '), 10));
    });
    const look = await clientOf(url, { timeoutMs: 200 }).look();
    expect(look).toMatchObject({ kind: 'inconclusive', cause: 'no answer within 200 ms' });
  });

  it('ends at once when it is aborted', async () => {
    const { url } = await serve(() => undefined);
    const look = await clientOf(url).look(AbortSignal.timeout(50));
    expect(look).toMatchObject({ kind: 'inconclusive' });
  });

  it('says that a connection was refused', async () => {
    const { url, server } = await serve(() => undefined);
    server.close();
    expect(await clientOf(url).look()).toEqual({
      kind: 'inconclusive',
      cause: 'connection refused',
    });
  });

  it('sends its credentials, and names the variables when they are refused', async () => {
    const node = await MediaMtxSimulator.start({ auth: { user: 'vigia', password: 'right' } });
    open.push({ close: () => node.stop() });
    const right = clientOf(node.url, { credentials: { username: 'vigia', password: 'right' } });
    const wrong = clientOf(node.url, { credentials: { username: 'vigia', password: 'wrong' } });

    expect(await right.look()).toMatchObject({ kind: 'complete' });
    const refused = await wrong.look();
    expect(JSON.stringify(refused)).toContain('MEDIAMTX_API_PASSWORD');
    expect(JSON.stringify(refused)).not.toContain('wrong"');
  });

  it('reuses one connection, and opens another when the server has closed it', async () => {
    const sockets = new Set<Socket>();
    const { url, server } = await serve((request, response) => {
      sockets.add(request.socket);
      response.end('{"itemCount":0,"items":[]}');
    });
    const client = clientOf(url);
    await client.look();
    await client.look();
    expect(sockets.size).toBe(1);

    server.closeAllConnections();
    await eventually(async () => {
      expect(await client.look()).toMatchObject({ kind: 'complete' });
    });
    expect(sockets.size).toBe(2);
  });

  it('sends a request again when a kept connection was reset before the answer', async () => {
    let calls = 0;
    const { url } = await serve((request, response) => {
      calls += 1;
      if (calls === 2) {
        request.socket.resetAndDestroy();
        return;
      }
      response.end('{"itemCount":0,"items":[]}');
    });
    const client = clientOf(url);
    await client.look();

    expect(await client.look()).toMatchObject({ kind: 'complete' });
    expect(calls).toBe(3);
  });

  it('never follows a redirect, which would carry the source elsewhere', async () => {
    let elsewhere = 0;
    const other = await serve((_request, response) => {
      elsewhere += 1;
      response.end('{}');
    });
    const { url } = await serve((_request, response) =>
      response.writeHead(307, { location: `${other.url}/` }).end(),
    );
    expect(await clientOf(url).replace('cam/x', SPEC)).toMatchObject({ kind: 'unknown' });
    expect(elsewhere).toBe(0);
  });

  it('gives the same body for the same stream, with $ made harmless', async () => {
    const bodies: string[] = [];
    const { url } = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        bodies.push(text);
        response.end('{"status":"ok"}');
      });
    });
    const secret = { userInfo: 'u:p$G1', query: null };
    await clientOf(url).replace('cam/x', { ...SPEC, source: { ...SPEC.source, secret } });

    expect(JSON.parse(bodies[0]!)).toEqual({
      source: 'rtsp://u:p%24G1@10.0.0.1/a',
      sourceOnDemand: false,
      rtspTransport: 'tcp',
    });
  });
});
