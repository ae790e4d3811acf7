import { beforeEach, describe, expect, it } from '@jest/globals';
import { type FastifyInstance } from 'fastify';

import { FakeClock } from '#test/support/streaming/fake-clock.js';

import { Drain } from './drain.js';

let clock: FakeClock;
let drain: Drain;
let hook: (request: object, reply: object, done: () => void) => void;

beforeEach(() => {
  clock = new FakeClock();
  drain = new Drain(clock);
  const server = {
    addHook: (_: string, added: typeof hook) => {
      hook = added;
    },
  };
  drain.observe(server as unknown as FastifyInstance);
});

/** @returns the headers that the answer has got so far */
function request(url: string): Record<string, string> {
  const headers: Record<string, string> = {};
  const reply = {
    header: (name: string, value: string) => {
      headers[name] = value;
    },
  };
  let isPassedOn = false;
  hook({ url }, reply, () => {
    isPassedOn = true;
  });
  expect(isPassedOn).toBe(true);
  return headers;
}

function quiet(ms: number): { isOver: boolean } {
  const waiting = { isOver: false };
  void drain.quiet(ms).then(() => {
    waiting.isOver = true;
  });
  return waiting;
}

describe('Drain', () => {
  it('aborts whoever waits', () => {
    expect(drain.isDraining).toBe(false);
    drain.begin();
    expect([drain.isDraining, drain.signal.aborted]).toEqual([true, true]);
  });

  it('is over half a second after the last request', async () => {
    drain.begin();
    const waiting = quiet(5_000);
    await clock.advance(400);
    request('/api/streams');
    await clock.advance(499);
    expect(waiting.isOver).toBe(false);
    await clock.advance(1);
    expect(waiting.isOver).toBe(true);
  });

  it('does not wait for probes, which never end', async () => {
    drain.begin();
    const waiting = quiet(5_000);
    await clock.advance(400);
    request('/health/ready?now');
    await clock.advance(100);
    expect(waiting.isOver).toBe(true);
  });

  it('is over after its time, though requests go on', async () => {
    drain.begin();
    const waiting = quiet(1_000);
    for (let times = 0; times < 4; times += 1) {
      request('/api/streams');
      expect(waiting.isOver).toBe(false);
      await clock.advance(250);
    }
    expect(waiting.isOver).toBe(true);
  });

  it('asks for no more on connections that are open', () => {
    expect(request('/api/streams')).toEqual({});
    drain.begin();
    expect(request('/api/streams')).toEqual({ connection: 'close' });
  });
});
