import { connect } from 'node:net';
import { expect } from '@jest/globals';
import { eventually } from '#test/support/eventually.js';
import {
  DEAD,
  eventuallyAbsent,
  eventuallyPresent,
  onDemand,
  pulled,
} from '#test/support/mediamtx/looks.js';
import { onEveryTarget } from '#test/support/mediamtx/targets.js';

/** The whole request leaves, and nobody waits for the answer. */
function sendAndHangUp(port: number, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.end(request, () => {
      socket.destroy();
      resolve();
    });
  });
}

const OK = '{"status":"ok"}';

onEveryTarget(({ it, itSince, use }) => {
  const target = use();

  it('shows an added path, in configuration and runtime state, within two seconds', async () => {
    const { api } = target();
    const added = await api.add('added/one', pulled(DEAD));
    expect(added).toMatchObject({ status: 200, text: OK });
    expect(added.headers['content-type']).toBe('application/json; charset=utf-8');
    await eventuallyPresent(api, 'added/one');
  });

  it('refuses to add a path that exists, and leaves it as it was', async () => {
    const { api } = target();
    await api.add('added/twice', pulled(DEAD));
    const again = await api.add('added/twice', pulled('rtsp://127.0.0.1:9/other'));
    expect(again).toMatchObject({ status: 400, error: 'path already exists' });
    await eventually(async () => {
      expect((await api.config('added/twice')).json['source']).toBe(DEAD);
    });
  });

  it('creates with replace what did not exist', async () => {
    const { api } = target();
    expect(await api.replace('replaced/new', pulled(DEAD))).toMatchObject({
      status: 200,
      text: OK,
    });
    await eventuallyPresent(api, 'replaced/new');
  });

  it('resets with replace every field that is not given', async () => {
    const { api } = target();
    await api.replace('replaced/again', pulled(DEAD, { maxReaders: 7 }));
    await api.replace('replaced/again', { source: DEAD });
    await eventually(async () => {
      const { json } = await api.config('replaced/again');
      expect(json).toMatchObject({ maxReaders: 0, rtspTransport: 'automatic' });
    });
  });

  it('takes an empty object and null for a path that waits for a publisher', async () => {
    const { api } = target();
    expect((await api.add('publisher/object', {})).status).toBe(200);
    expect((await api.add('publisher/null', 'null')).status).toBe(200);
    await eventuallyPresent(api, 'publisher/null');
    expect((await api.config('publisher/object')).json['source']).toBe('publisher');
    expect((await api.path('publisher/object')).json).toMatchObject({
      source: null,
      online: false,
      onlineTime: null,
      available: false,
    });
  });

  it('answers 404 to a patch of a path that does not exist, once its body is readable', async () => {
    const { api } = target();
    expect(await api.patch('missing', {})).toMatchObject({ status: 404, error: 'path not found' });
    expect((await api.patch('missing', { test: 1 })).status).toBe(400);
  });

  it('merges with patch only what is given', async () => {
    const { api } = target();
    await api.replace('patched/some', onDemand(DEAD, { maxReaders: 3 }));
    expect((await api.patch('patched/some', { maxReaders: 5 })).status).toBe(200);
    await eventually(async () => {
      const { json } = await api.config('patched/some');
      expect(json).toMatchObject({ maxReaders: 5, source: DEAD, sourceOnDemand: true });
    });
  });

  it('takes null in a patch for "not given"', async () => {
    const { api } = target();
    await api.replace('patched/null', onDemand(DEAD, { maxReaders: 3 }));
    const patch = { maxReaders: null, forward: null, sourceOnDemandCloseAfter: '90s' };
    expect((await api.patch('patched/null', patch)).status).toBe(200);
    await eventually(async () => {
      const { json } = await api.config('patched/null');
      expect(json).toMatchObject({ maxReaders: 3, sourceOnDemandCloseAfter: '1m30s' });
    });
  });

  it('answers 404 to a delete of a path that does not exist', async () => {
    const answer = await target().api.remove('missing');
    expect(answer).toMatchObject({ status: 404, error: 'path not found' });
  });

  it('forgets a deleted path, in configuration and runtime state', async () => {
    const { api } = target();
    await api.add('deleted/one', pulled(DEAD));
    await eventuallyPresent(api, 'deleted/one');
    expect(await api.remove('deleted/one')).toMatchObject({ status: 200, text: OK });
    await eventuallyAbsent(api, 'deleted/one');
    expect((await api.path('deleted/one')).error).toBe('path not found');
    expect((await api.config('deleted/one')).error).toBe('path configuration not found');
  });

  it('applies every one of fifty adds that arrive at once', async () => {
    const { api } = target();
    const names = Array.from({ length: 50 }, (_, index) => `parallel/${index}`);
    const answers = await Promise.all(names.map((name) => api.add(name, onDemand(DEAD))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await eventually(async () => {
      expect(await api.names()).toEqual(expect.arrayContaining(names));
    });
  });

  it('applies a write whose client has hung up', async () => {
    const { api, port } = target();
    const crowd = Array.from({ length: 20 }, (_, index) => api.add(`crowd/${index}`, {}));
    const body = JSON.stringify(onDemand(DEAD));
    await sendAndHangUp(
      port,
      `POST /v3/config/paths/replace/hung/up HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await Promise.all(crowd);
    await eventuallyPresent(api, 'hung/up');
  });

  it('shows the credentials of a source to whoever may read the configuration', async () => {
    const { api } = target();
    const source = 'rtsp://user:secret@127.0.0.1:9/none';
    await api.add('leak', onDemand(source));
    await eventuallyPresent(api, 'leak');
    expect((await api.config('leak')).json['source']).toBe(source);
  });

  it('refuses paths and path defaults in a global patch', async () => {
    const { api } = target();
    for (const field of ['paths', 'pathDefaults']) {
      const answer = await api.call('PATCH', '/v3/config/global/patch', { body: { [field]: {} } });
      expect(answer).toMatchObject({ status: 400, error: `json: unknown field "${field}"` });
    }
  });

  it('accepts path defaults that break only the paths that rely on them', async () => {
    const { api } = target();
    const patch = { body: { sourceOnDemandStartTimeout: '11s' } };
    expect((await api.call('PATCH', '/v3/config/pathdefaults/patch', patch)).status).toBe(200);
    await eventually(async () => {
      const defaults = await api.get('/v3/config/pathdefaults/get');
      expect(defaults.json['sourceOnDemandStartTimeout']).toBe('11s');
    });
    await api.replace('defaults/user', onDemand(DEAD));
    await eventuallyPresent(api, 'defaults/user');
    expect((await api.config('defaults/user')).json['sourceOnDemandStartTimeout']).toBe('11s');
  });

  itSince([1, 18], 'refuses a body of more than 10 MiB', async () => {
    const body = `{"source":"rtsp://127.0.0.1/${'x'.repeat(10 * 1024 * 1024)}"}`;
    const answer = await target().api.add('huge', body);
    expect(answer).toMatchObject({ status: 400, error: 'size exceeds maximum allowed' });
  });
});
