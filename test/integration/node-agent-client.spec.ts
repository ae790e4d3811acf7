/** Vigia's client against the agent as it is, and against everything that can go wrong. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type RequestListener, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import axios from 'axios';

import { type PathSpec } from '#streaming/domain/ports/media-mtx-client.js';
import { HttpNodeAgent } from '#streaming/infrastructure/node-agent/http-node-agent.js';
import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '#test/support/eventually.js';
import {
  FAKE_MEDIA_MTX,
  type NodeAgentProcess,
  NodeSite,
} from '#test/support/node-agent/node-agent-process.js';

const SLOW = { timeoutMs: 20_000 };
const SPEC: PathSpec = {
  source: { url: 'rtsp://127.0.0.1:9/a', secret: { userInfo: `u:${CANARY}`, query: null } },
  onDemand: false,
  transport: 'tcp',
};
const WANTED = { prefix: 'cam', revision: 'r1', paths: new Map([['cam/a', SPEC]]) };

const clients: HttpNodeAgent[] = [];

function clientOf(url: string, given: { token?: string; timeoutMs?: number } = {}): HttpNodeAgent {
  const settings = { url, token: 'a-token-of-the-tests', timeoutMs: 5_000, ...given };
  const client = new HttpNodeAgent(new HttpService(axios.create()), settings);
  clients.push(client);
  return client;
}

afterAll(() => {
  clients.forEach((client) => client.onApplicationShutdown());
});

describe('the client and the agent', () => {
  let site: NodeSite;
  let agent: NodeAgentProcess;
  let client: HttpNodeAgent;

  beforeAll(async () => {
    site = await NodeSite.make(FAKE_MEDIA_MTX);
    agent = await site.up();
    client = clientOf(site.environment['NODE_AGENT_URL'] ?? '');
  }, 30_000);
  afterAll(() => site.end());

  it('agree on what is wanted', async () => {
    expect(await client.report()).toMatchObject({ kind: 'complete', wantedRevision: null });
    expect(await client.put(WANTED)).toEqual({ kind: 'accepted' });
    expect(await client.report()).toMatchObject({
      wantedRevision: 'r1',
      leftOut: [],
      childStartedAt: expect.any(String),
    });
    expect(site.wanted().paths).toEqual({
      'cam/a': {
        source: `rtsp://u:${CANARY}@127.0.0.1:9/a`,
        sourceOnDemand: false,
        rtspTransport: 'tcp',
      },
    });
  });

  it('agree on what is left out', async () => {
    const bad = { ...SPEC, source: { ...SPEC.source, url: 'rtsp://refused.invalid/a' } };
    const paths = new Map([...WANTED.paths, ['cam/bad', bad]]);
    await client.put({ prefix: 'cam', revision: 'r2', paths });
    expect(await client.report()).toMatchObject({ leftOut: ['cam/bad'] });
  });

  it('agree on hints, and on which MediaMTX it is that runs', async () => {
    const before = await client.report();
    const begin = await client.pokes(null);
    if (begin.kind !== 'complete') throw new Error(begin.cause);
    process.kill(await agent.childPid(), 'SIGKILL');
    expect(await client.pokes(begin.seq)).toMatchObject({
      pokes: expect.arrayContaining([{ kind: 'restarted', path: null }]),
    });
    await eventually(async () => {
      const after = await client.report();
      expect(after).toMatchObject({ childStartedAt: expect.any(String) });
      expect(after).not.toMatchObject({
        childStartedAt: before.kind === 'complete' ? before.childStartedAt : '',
      });
    }, SLOW);
  });

  it('disagree on another prefix, and what was wanted stays', async () => {
    const before = site.wanted();
    const other = { prefix: 'stg', revision: 'r3', paths: new Map() };
    expect(await client.put(other)).toEqual({
      kind: 'inconclusive',
      cause: expect.stringContaining('PATH_PREFIX'),
    });
    expect(site.wanted()).toEqual(before);
  });

  it('disagree on a wrong token, in words that say which setting it is', async () => {
    const stranger = clientOf(site.environment['NODE_AGENT_URL'] ?? '', { token: 'x'.repeat(16) });
    const refused = {
      kind: 'inconclusive',
      cause: 'HTTP 401: the agent refuses NODE_AGENT_TOKEN',
    };
    expect(await stranger.report()).toEqual(refused);
    expect(await stranger.put(WANTED)).toEqual(refused);
    expect(await stranger.pokes(null)).toEqual(refused);
  });
});

describe('the client, whatever it meets', () => {
  const open: (() => void)[] = [];
  afterEach(() => {
    open.splice(0).forEach((close) => {
      close();
    });
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([
    ['a fault', 500, 'oops', 'HTTP 500'],
    ['an agent that is busy', 503, '{}', 'HTTP 503'],
    ['another page', 200, '<html>', 'malformed answer'],
    ['half an answer', 200, '{"child":', 'malformed answer'],
  ])('learns nothing from %s', async (_, status, body, cause) => {
    const client = clientOf(
      await serve((_request, response) => response.writeHead(status).end(body)),
    );
    expect(await client.report()).toEqual({ kind: 'inconclusive', cause });
    expect(await client.pokes(1)).toEqual({ kind: 'inconclusive', cause });
  });

  it('gives up a report after its deadline', async () => {
    const client = clientOf(await serve(() => undefined), { timeoutMs: 50 });
    expect(await client.report()).toEqual({
      kind: 'inconclusive',
      cause: 'no answer within 50 ms',
    });
  });

  it('ends a call that nobody waits for', async () => {
    const client = clientOf(await serve(() => undefined));
    const stop = new AbortController();
    const answer = client.pokes(1, stop.signal);
    stop.abort();
    expect(await answer).toMatchObject({ kind: 'inconclusive' });
  });

  it('says that nobody listens', async () => {
    const url = await serve(() => undefined);
    open.splice(0).forEach((close) => {
      close();
    });
    expect(await clientOf(url).put(WANTED)).toEqual({
      kind: 'inconclusive',
      cause: 'connection refused',
    });
  });
});
