import { beforeEach, describe, expect, it } from '@jest/globals';

import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

import { Refusals } from './refusals.js';

let logs = silentLogs();
let clock: FakeClock;
let refusals: Refusals;

beforeEach(() => {
  logs = silentLogs();
  clock = new FakeClock();
  refusals = new Refusals(clock);
});

const beyondDebug = (): string[] => sentences(logs.filter(({ level }) => level !== 'debug'));

describe('Refusals', () => {
  it('are said once, and once that they are over: how many, and for how long', async () => {
    for (let request = 1; request <= 5; request += 1) {
      refusals.refused('database.unavailable', { requestId: `request-${request}` });
      await clock.advance(9_000);
    }
    expect(beyondDebug()).toEqual(['requests are refused for now']);
    await clock.advance(1_000);

    const [begin, end] = logs.filter(({ level }) => level !== 'debug');
    expect(begin).toMatchObject({
      level: 'warn',
      fields: { code: 'database.unavailable', requestId: 'request-1' },
    });
    expect(end).toEqual({
      level: 'log',
      context: 'Http',
      sentence: 'requests are not refused any more',
      fields: { code: 'database.unavailable', requests: 5, outageMs: 36_000 },
    });
  });

  it('are told apart by why', () => {
    refusals.refused('database.unavailable', {});
    refusals.refused('nodes.full', {});
    refusals.refused('nodes.full', {});
    expect(beyondDebug()).toHaveLength(2);
  });

  it('are said again when they begin again', async () => {
    refusals.refused('nodes.full', {});
    await clock.advance(10_000);
    refusals.refused('nodes.full', {});
    expect(sentences(logs)).toEqual([
      'requests are refused for now',
      'requests are not refused any more',
      'requests are refused for now',
    ]);
  });

  it('are left as they are by a process that ends', async () => {
    refusals.refused('nodes.full', {});
    refusals.onApplicationShutdown();
    await settled();
    expect(sentences(logs)).toEqual([
      'requests are refused for now',
      'a fault is not followed any further by this process',
    ]);
  });
});
