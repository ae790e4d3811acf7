import { beforeEach, describe, expect, it } from '@jest/globals';

import { NEVER } from '#test/support/streaming/control-plane.js';
import { FakeClock, settled } from '#test/support/streaming/fake-clock.js';

import { StreamSignals } from './stream-signals.js';

let clock: FakeClock;
let signals: StreamSignals;

beforeEach(() => {
  clock = new FakeClock();
  signals = new StreamSignals(clock);
});

function wait(id: string, signal = NEVER): { isOver: boolean } {
  const waiter = { isOver: false };
  void signals.wait(id, 1_000, signal).then(() => {
    waiter.isOver = true;
  });
  return waiter;
}

describe('StreamSignals', () => {
  it('wakes everybody who waits for the stream that changed, and nobody else', async () => {
    const [one, two, other] = [wait('a'), wait('a'), wait('b')];
    signals.changed('a');
    await settled();
    expect([one.isOver, two.isOver, other.isOver]).toEqual([true, true, false]);
  });

  it('ends the waiting after its time', async () => {
    const waiter = wait('a');
    await clock.advance(999);
    expect(waiter.isOver).toBe(false);
    await clock.advance(1);
    expect(waiter.isOver).toBe(true);
  });

  it('ends the waiting when the caller goes', async () => {
    const gone = new AbortController();
    const waiter = wait('a', gone.signal);
    gone.abort();
    await settled();
    expect(waiter.isOver).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('does not keep a change for those who come later', async () => {
    signals.changed('a');
    const waiter = wait('a');
    await settled();
    expect(waiter.isOver).toBe(false);
  });

  it('can be waited for again and again', async () => {
    for (let i = 0; i < 3; i += 1) {
      const waiter = wait('a');
      signals.changed('a');
      await settled();
      expect(waiter.isOver).toBe(true);
    }
  });

  it('wakes those who still wait when one of them gave up', async () => {
    const gone = new AbortController();
    const waiter = wait('a');
    wait('a', gone.signal);
    gone.abort();
    await settled();
    signals.changed('a');
    await settled();
    expect(waiter.isOver).toBe(true);
  });
});
