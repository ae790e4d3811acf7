/** What only the simulator can do: be wrong on demand, and tell what it was asked. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Fault, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { eventually, throughout } from '#test/support/eventually.js';
import { type ApiAnswer, ControlApi } from '#test/support/mediamtx/control-api.js';
import {
  DEAD,
  eventuallyLooks,
  eventuallyPresent,
  onDemand,
  pulled,
} from '#test/support/mediamtx/looks.js';

const WRITES = { pathPattern: '/v3/config/paths/' };

let simulator: MediaMtxSimulator;
let api: ControlApi;

async function start(options: Parameters<typeof MediaMtxSimulator.start>[0] = {}): Promise<void> {
  await simulator.stop();
  simulator = await MediaMtxSimulator.start(options);
}

beforeEach(async () => {
  simulator = await MediaMtxSimulator.start();
  api = new ControlApi(() => simulator.url);
});
afterEach(() => simulator.stop());

const outcome = (call: Promise<ApiAnswer>): Promise<unknown> =>
  call.then(
    ({ status }) => status,
    (failure: unknown) => (failure as NodeJS.ErrnoException).code,
  );

const list = (): Promise<ApiAnswer> => api.get('/v3/paths/list?itemsPerPage=100000');

describe('a fault of the simulator', () => {
  it('hangs without an answer and without an effect', async () => {
    simulator.faults.set({ kind: 'hang', on: WRITES });
    const signal = AbortSignal.timeout(100);
    const call = api.post('/v3/config/paths/replace/hung', { body: {}, signal });
    await expect(call).rejects.toThrow();
    expect((await api.path('hung')).status).toBe(404);
    expect(simulator.configWrites).toBe(1);
  });

  it('refuses with the given status', async () => {
    simulator.faults.set({ kind: 'refuse', status: 502, error: 'bad gateway' });
    expect(await list()).toMatchObject({ status: 502, error: 'bad gateway' });
  });

  it('resets the connection without an effect', async () => {
    simulator.faults.set({ kind: 'reset', on: { method: 'post' } });
    expect(await outcome(api.add('reset', {}))).toBe('ECONNRESET');
    expect((await api.path('reset')).status).toBe(404);
  });

  it('applies a write and loses its answer', async () => {
    simulator.faults.set({ kind: 'lost-answer', on: WRITES, times: 1 });
    expect(await outcome(api.add('lost', {}))).toBe('ECONNRESET');
    await eventuallyPresent(api, 'lost');
    expect((await api.add('lost', {})).error).toBe('path already exists');
  });

  it('answers a write long before it applies it, and keeps the next one waiting', async () => {
    simulator.faults.set({ kind: 'late-apply', ms: 200, times: 1 });
    expect((await api.add('late', {})).status).toBe(200);
    expect((await api.path('late')).status).toBe(404);
    const next = api.add('next', {});
    await throughout(100, async () => expect((await api.path('late')).status).toBe(404));
    expect((await next).status).toBe(200);
    expect((await api.path('late')).status).toBe(200);
  });

  it('says 200 and never applies, a patch included', async () => {
    await api.add('truth', onDemand(DEAD));
    await eventuallyPresent(api, 'truth');
    simulator.faults.set({ kind: 'lie', times: 2 });
    expect((await api.add('lie', {})).status).toBe(200);
    expect((await api.patch('truth', { maxReaders: 7 })).status).toBe(200);
    await api.add('after', {});
    await eventuallyPresent(api, 'after');
    expect((await api.path('lie')).status).toBe(404);
    expect((await api.config('truth')).json['maxReaders']).toBe(0);
  });

  it('delays an answer, not the effect', async () => {
    simulator.faults.set({ kind: 'slow', ms: 300, on: { method: 'POST' } });
    const start = performance.now();
    const call = api.add('slow', {});
    await eventuallyPresent(api, 'slow');
    expect(performance.now() - start).toBeLessThan(300);
    await call;
    expect(performance.now() - start).toBeGreaterThanOrEqual(299);
  });

  const garbled: readonly (readonly [what: string, fault: Fault, text: RegExp])[] = [
    ['half of a JSON', { kind: 'truncated' }, /^\{"itemCount":1.*[^}]$/],
    ['no JSON', { kind: 'malformed' }, /^\{"itemCount":$/],
    ['null for a list', { kind: 'wrong-shape', shape: 'items-null' }, /"items":null\}$/],
    ['strings for counts', { kind: 'wrong-shape', shape: 'string-counts' }, /^\{"itemCount":"1"/],
    ['one item less than it counts', { kind: 'item-count' }, /^\{"itemCount":2,"pageCount":1/],
    ['an empty list', { kind: 'empty-list' }, /^\{"itemCount":0,"pageCount":0,"items":\[\]\}$/],
  ];
  for (const [what, fault, text] of garbled) {
    it(`answers 200 with ${what}`, async () => {
      simulator.addForeign('one', {});
      simulator.faults.set(fault);
      const answer = await list();
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(text);
      simulator.faults.set(null);
      expect((await list()).json).toMatchObject({ itemCount: 1 });
    });
  }

  it('hits only what it is set for, as often as it is set for', async () => {
    simulator.faults.set([
      { kind: 'refuse', status: 500, on: { method: 'GET', pathPattern: /paths\/list/ }, times: 2 },
      { kind: 'refuse', status: 503, on: { pathPattern: '/v3/info' } },
    ]);
    const statuses = [await list(), await list(), await list(), await api.get('/v3/info')];
    expect(statuses.map(({ status }) => status)).toEqual([500, 500, 200, 503]);
  });
});

describe('the journal of the simulator', () => {
  it('keeps requests in order, with their bodies, and counts the writes', async () => {
    await api.get('/v3/info');
    await api.replace('a/b', { source: DEAD });
    await api.replace('a/b', 'no json');
    await api.remove('a/b');
    expect(simulator.requests).toMatchObject([
      { method: 'GET', path: '/v3/info' },
      { method: 'POST', path: '/v3/config/paths/replace/a/b', body: { source: DEAD } },
      { method: 'POST', body: 'no json' },
      { method: 'DELETE', path: '/v3/config/paths/delete/a/b' },
    ]);
    expect(simulator.configWrites).toBe(3);
    simulator.clearJournal();
    expect(simulator.requests).toEqual([]);
    expect(simulator.configWrites).toBe(0);
  });
});

describe('the world around the simulator', () => {
  it('can be changed by another client, at once and unseen in the journal', async () => {
    simulator.addForeign('foreign', onDemand(DEAD));
    simulator.alterByHand('foreign', { maxReaders: 4 });
    expect((await api.config('foreign')).json).toMatchObject({ source: DEAD, maxReaders: 4 });
    simulator.removeByHand('foreign');
    expect((await api.path('foreign')).status).toBe(404);
    expect(simulator.configWrites).toBe(0);
  });

  it('can poison a path, as a refused patch does', async () => {
    simulator.addForeign('sick', onDemand(DEAD));
    simulator.poison('sick');
    expect((await api.add('other', {})).status).toBe(400);
    expect((await api.config('sick')).json['source']).toBe(DEAD);
    expect((await api.replace('sick', onDemand(DEAD))).status).toBe(200);
    expect((await api.add('other', {})).status).toBe(200);
  });

  it('has sources that are available and silent', async () => {
    simulator.setSource(/silent/, 'silent');
    await api.replace('silent', pulled('rtsp://silent/x'));
    const before = await eventuallyLooks(api, 'silent', { available: true });
    await throughout(200, async () => {
      const look = { availableTime: before['availableTime'], inboundBytes: 0 };
      expect((await api.path('silent')).json).toMatchObject(look);
    });
  });

  it('drops a source and takes it up again at the next dial, with new counters', async () => {
    await start({ timings: { retryPauseMs: 200 } });
    await api.replace('drop', pulled('rtsp://camera/x'));
    const before = await eventuallyLooks(api, 'drop', { available: true });
    await eventually(async () => {
      expect((await api.path('drop')).json['inboundBytes']).toBeGreaterThan(4000);
    });
    simulator.dropSource('drop');
    const lost = { available: false, inboundBytes: 0, onlineTime: before['onlineTime'] };
    expect((await api.path('drop')).json).toMatchObject(lost);
    const after = await eventuallyLooks(api, 'drop', { available: true });
    expect(after['availableTime']).not.toBe(before['availableTime']);
    expect(after['inboundBytes']).toBeLessThan(4000);
  });

  it('remembers over a restart which cameras are dead', async () => {
    await start({ timings: { retryPauseMs: 50 }, filePaths: { one: pulled('rtsp://camera/x') } });
    await eventuallyLooks(api, 'one', { available: true });
    simulator.setSource('rtsp://camera/x', 'dead');
    await simulator.restart();
    expect((await api.path('one')).json).toMatchObject({ available: false });
    simulator.setSource('rtsp://camera/x', 'live');
    await eventuallyLooks(api, 'one', { available: true });
  });

  it('makes writes wait for each other, longer the more paths there are', async () => {
    const filePaths = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`p/${n}`, {}]));
    await start({ filePaths, writeCostMsPerPath: 0.2 });
    const begin = performance.now();
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => api.add(name, {})));
    expect(performance.now() - begin).toBeGreaterThan(95);
  });

  it('loses the writes that wait when it is killed', async () => {
    await start({ applyDelayMs: 100 });
    const writes = ['a', 'b', 'c'].map((name) => outcome(api.add(name, {})));
    await eventually(() => expect(simulator.configWrites).toBe(3));
    await simulator.restart();
    expect(await Promise.all(writes)).toContain('ECONNRESET');
    expect(await api.names()).toEqual([]);
  });

  it('shows the global settings that it is given', async () => {
    await start({ globals: { rtspUDPReadBufferSize: 1000 } });
    const { json } = await api.get('/v3/config/global/get');
    expect(json).toMatchObject({ rtspUDPReadBufferSize: 1000, rtsp: true });
  });
});
