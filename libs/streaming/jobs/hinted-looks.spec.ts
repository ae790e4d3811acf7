import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Poke } from '../domain/ports/node-agent.js';
import { HintedLooks } from './hinted-looks.js';

const poke = (kind: string): Poke => ({ kind, path: 'cam/gate-3' });

let looksAtMs: number[];
let readyInMs: number;
let hints: HintedLooks;
beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  looksAtMs = [];
  readyInMs = 0;
  hints = new HintedLooks(
    () => looksAtMs.push(Date.now()),
    () => readyInMs,
  );
});
afterEach(() => {
  hints.close();
  jest.useRealTimers();
});

describe('HintedLooks', () => {
  it('looks at once, and when bytes have grown, at what is available', () => {
    hints.hear([poke('available'), poke('available')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([0, 300]);
  });

  it('looks at once, and when a silence is confirmed, at what was lost', () => {
    hints.hear([poke('lost')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([0, 4_100]);
  });

  it('looks at a restarted node for both', () => {
    hints.hear([poke('restarted')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([0, 300, 4_100]);
  });

  it('looks once at what it has no word for, and not at nothing', () => {
    hints.hear([]);
    hints.hear([poke('failed')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([0]);
  });

  it('keeps the distance that it is told, however many hints come', () => {
    readyInMs = 250;
    for (let i = 0; i < 100; i += 1) {
      hints.hear([poke('failed')]);
      jest.advanceTimersByTime(10);
    }
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([250, 500, 750, 1_000]);
  });

  it('counts the second look from the newest hint', () => {
    hints.hear([poke('available')]);
    jest.advanceTimersByTime(200);
    hints.hear([poke('available')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([0, 200, 500]);
  });

  it('looks no more once it is closed', () => {
    hints.hear([poke('restarted')]);
    hints.close();
    hints.hear([poke('restarted')]);
    jest.advanceTimersByTime(60_000);
    expect(looksAtMs).toEqual([]);
  });
});
