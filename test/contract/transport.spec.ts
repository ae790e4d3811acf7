import { expect } from '@jest/globals';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

const basic = (user: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

onEveryTarget(({ it, itSince, use }) => {
  const open = use();
  const closed = use({ auth: { user: 'controller', password: 'secret' } });

  it('answers what it does not know with a plain 404', async () => {
    const { api } = open();
    const nothing = { status: 404, text: '404 page not found' };
    expect(await api.get('/v3/nothing')).toMatchObject(nothing);
    expect(await api.get('/')).toMatchObject(nothing);
    expect(await api.post('/v3/info')).toMatchObject(nothing);
    expect(await api.call('HEAD', '/v3/info')).toMatchObject({ status: 404 });
    expect(await api.get('/v3/config/paths/add/x')).toMatchObject(nothing);
    expect((await api.get('/v3/nothing')).headers['content-type']).toBe('text/plain');
  });

  it('has no routes for a protocol that is switched off', async () => {
    const { api } = open();
    for (const route of ['rtmpconns', 'srtconns', 'hlsmuxers', 'hlssessions', 'webrtcsessions']) {
      const answer = await api.get(`/v3/${route}/list`);
      expect(answer).toMatchObject({ status: 404, text: '404 page not found' });
    }
    expect((await api.get('/v3/rtspsessions/list')).status).toBe(200);
  });

  it('redirects when there is one slash too many', async () => {
    const answer = await open().api.get('/v3/paths/list/');
    expect(answer).toMatchObject({ status: 301, headers: { location: '/v3/paths/list' } });
    const write = await open().api.post('/v3/config/paths/add');
    expect(write).toMatchObject({ status: 307, headers: { location: '/v3/config/paths/add/' } });
  });

  it('says who it is, and lets browsers of any origin in', async () => {
    const { headers } = await open().api.get('/v3/info');
    expect(headers).toMatchObject({ server: 'mediamtx', 'access-control-allow-origin': '*' });
  });

  it('does not mind the content type of a request', async () => {
    const { api } = open();
    const headers = { 'content-type': 'text/plain' };
    const path = '/v3/config/paths/replace/typed';
    expect((await api.post(path, { body: {}, headers })).status).toBe(200);
  });

  it('serves several requests over one connection', async () => {
    const { Agent, request } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const sent = request({ agent, host: '127.0.0.1', port: open().port, path: '/v3/info' });
        sent.once('error', reject);
        sent.once('response', (response) => {
          const { localPort } = response.socket;
          response.resume().once('end', () => resolve(localPort));
        });
        sent.end();
      });
    const first = await call();
    expect(await call()).toBe(first);
    agent.destroy();
  });

  it('asks for credentials at once when there are none', async () => {
    const { api } = closed();
    const start = performance.now();
    const answer = await api.get('/v3/paths/list');
    expect(answer).toMatchObject({ status: 401, error: 'authentication error' });
    expect(answer.headers['www-authenticate']).toBe('Basic realm="mediamtx"');
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('takes a token for no credentials at all, since it does not use any', async () => {
    const headers = { authorization: 'Bearer token' };
    const answer = await closed().api.get('/v3/paths/list', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Basic realm="mediamtx"');
  });

  it('asks for credentials before it says that a route does not exist', async () => {
    expect((await closed().api.get('/v3/nothing')).status).toBe(401);
  });

  it('answers a preflight request without credentials', async () => {
    const headers = { 'access-control-request-method': 'GET', origin: 'http://example.org' };
    const answer = await closed().api.call('OPTIONS', '/v3/paths/list', { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
  });

  it('takes the right credentials, as Basic and as Bearer', async () => {
    const { api } = closed();
    const answers = [
      await api.get('/v3/paths/list', { headers: basic('controller', 'secret') }),
      await api.get('/v3/paths/list', { headers: { authorization: 'Bearer controller:secret' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  itSince([1, 19], 'refuses wrong credentials within five seconds, and does not ask', async () => {
    const { api } = closed();
    const wrong = [basic('controller', 'wrong'), basic('somebody', 'secret')];
    const start = performance.now();
    const answers = await Promise.all(
      wrong.map((headers) => api.get('/v3/paths/list', { headers })),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 401, error: 'authentication error' });
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
