import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FastifyInstance } from 'fastify';
import { pino } from 'pino';

import { agentServer } from '../../apps/node-agent/http/agent-server.js';
import { PokeLog } from '../../apps/node-agent/pokes/poke-log.js';
import { type WantedSet, wantedSetSchema } from '../../apps/node-agent/wanted/wanted-set.js';
import { eventually } from '../support/eventually.js';

const TOKEN = '0123456789abcdef';
const headers = { authorization: `Bearer ${TOKEN}` };
const BODY = { source: 'rtsp://u:hunter2@h/', sourceOnDemand: false, rtspTransport: 'tcp' };

describe('the HTTP server of the agent', () => {
  let wanted: WantedSet[];
  let isBusy: boolean;
  let pokes: PokeLog;
  let server: FastifyInstance;
  let base: string;

  const call = async (path: string, init: RequestInit) => {
    const answer = await fetch(`${base}${path}`, init);
    const text = await answer.text();
    const { status, headers: sent } = answer;
    return { status, sent, text, json: JSON.parse(text) as Record<string, unknown> };
  };
  const put = (body: object | string) =>
    call('/v1/wanted', {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = (path: string) => call(path, { headers });

  beforeEach(async () => {
    wanted = [];
    isBusy = false;
    pokes = new PokeLog(0);
    server = agentServer({
      token: TOKEN,
      schema: wantedSetSchema('cam'),
      put: async (set) => {
        wanted.push(set);
        return { revision: set.revision, leftOut: [] };
      },
      isBusy: () => isBusy,
      report: () => {
        throw new Error('hunter2');
      },
      pokes,
      log: pino({ level: 'silent' }),
    });
    base = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.close());

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer 0123456789abcdeg' }],
    ['a token that goes on', { authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { authorization: TOKEN }],
  ])('refuses who has %s, whatever is asked for', async (_, given) => {
    for (const url of ['/v1/report', '/v1/pokes', '/nothing']) {
      const answer = await call(url, { headers: given });
      expect(answer.status).toBe(401);
      expect(answer.sent.get('content-type')).toBe('application/problem+json');
      expect(answer.json).toMatchObject({ code: 'agent.unauthenticated', status: 401 });
    }
  });

  it('takes a wanted set', async () => {
    const set = { revision: 'r1', paths: { 'cam/a': BODY } };
    const answer = await put(set);
    expect([answer.status, answer.json]).toEqual([200, { revision: 'r1', leftOut: [] }]);
    expect(wanted).toEqual([set]);
  });

  it('says where a wanted set is wrong, and no value', async () => {
    const answer = await put({
      revision: 'r1',
      paths: { 'cam/a': { ...BODY, runOnInit: 'hunter2' } },
    });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      code: 'request.invalid',
      errors: [{ pointer: '/paths/cam~1a' }],
    });
    expect(answer.text).not.toContain('hunter2');
    expect(wanted).toEqual([]);
  });

  it.each(['{', 'null', '[]', '{"__proto__":{}}'])('refuses %j', async (payload) => {
    expect((await put(payload)).status).toBe(400);
  });

  it('says when too many wait already', async () => {
    isBusy = true;
    const answer = await put({ revision: 'r1', paths: {} });
    expect([answer.status, answer.sent.get('retry-after')]).toEqual([503, '1']);
  });

  it('tells nothing of a fault of its own', async () => {
    const answer = await get('/v1/report');
    expect(answer.json).toMatchObject({ status: 500, code: 'internal' });
    expect(answer.text).not.toContain('hunter2');
  });

  it('gives a number to who has none, and then what came after it', async () => {
    expect((await get('/v1/pokes')).json).toEqual({ seq: 0, pokes: [] });
    const waiting = get('/v1/pokes?after=0&waitMs=20000');
    await eventually(() => expect(pokes.waiters).toBe(1));
    pokes.push({ kind: 'lost', path: 'cam/a' });
    expect((await waiting).json).toEqual({ seq: 1, pokes: [{ kind: 'lost', path: 'cam/a' }] });
  });

  it('forgets who has hung up', async () => {
    const gone = new AbortController();
    const waiting = call('/v1/pokes?after=0&waitMs=20000', { headers, signal: gone.signal });
    await eventually(() => expect(pokes.waiters).toBe(1));
    gone.abort();
    await expect(waiting).rejects.toThrow('abort');
    await eventually(() => expect(pokes.waiters).toBe(0));
  });

  it.each(['after=-1', 'after=x', 'after=0&waitMs=25001', 'waitMs=1.5'])(
    'refuses pokes?%s',
    async (query) => {
      expect((await get(`/v1/pokes?${query}`)).status).toBe(400);
    },
  );

  it('knows no other route', async () => {
    expect((await get('/v1/nothing')).json).toMatchObject({ code: 'request.unknown_route' });
  });
});
