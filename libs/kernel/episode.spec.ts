import { beforeEach, describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';

import { Episode, type EpisodeLog } from './episode.js';

let said: unknown[];
let clock: FakeClock;

const log: EpisodeLog = {
  log: (line, sentence) => said.push(['log', sentence, line]),
  warn: (line, sentence) => said.push(['warn', sentence, line]),
  error: (line, sentence) => said.push(['error', sentence, line]),
};

beforeEach(() => {
  said = [];
  clock = new FakeClock();
});

const episode = (more: { level?: 'error' } = {}): Episode =>
  new Episode(log, clock, { begins: 'it rains', ends: 'it is dry', facts: { town: 'x' }, ...more });

describe('Episode', () => {
  it('is said once when it begins and once when it ends, with its length', async () => {
    const rain = episode();
    rain.begin({ drops: 1 });
    expect(rain.isOpen).toBe(true);
    await clock.advance(7_000);
    rain.begin({ drops: 2 });
    rain.end();
    rain.end();
    expect(rain.isOpen).toBe(false);
    expect(said).toEqual([
      ['warn', 'it rains', { town: 'x', drops: 1 }],
      ['log', 'it is dry', { town: 'x', outageMs: 7_000 }],
    ]);
  });

  it('has no end when it never began', () => {
    episode().end();
    episode().leave();
    expect(said).toEqual([]);
  });

  it('lasts as long as one of its causes', () => {
    const rain = episode();
    rain.begin({}, 'cloud');
    rain.begin({}, 'another');
    rain.end('cloud');
    rain.end('a third');
    expect(said).toHaveLength(1);
    rain.end('another', { puddles: 3 });
    expect(said[1]).toEqual(['log', 'it is dry', { town: 'x', puddles: 3, outageMs: 0 }]);
  });

  it('can be left before its end is known, and begin again', async () => {
    const rain = episode({ level: 'error' });
    rain.begin({}, 'cloud');
    rain.begin({}, 'another');
    await clock.advance(1_000);
    rain.leave();
    rain.end('cloud');
    rain.begin();
    expect(said).toEqual([
      ['error', 'it rains', { town: 'x' }],
      [
        'log',
        'a fault is not followed any further by this process',
        { town: 'x', fault: 'it rains', outageMs: 1_000 },
      ],
      ['error', 'it rains', { town: 'x' }],
    ]);
  });

  it('is let go by who meets it by chance only, once it was not met for a while', async () => {
    const rain = episode();
    rain.begin();
    await clock.advance(20_000);
    rain.begin();
    await clock.advance(29_999);
    rain.leaveIfQuiet(30_000);
    expect(rain.isOpen).toBe(true);
    await clock.advance(1);
    rain.leaveIfQuiet(30_000);
    expect(rain.isOpen).toBe(false);
    expect(said).toHaveLength(2);
  });
});
