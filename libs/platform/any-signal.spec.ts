import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';

import { withAnySignal } from './any-signal.js';

describe('withAnySignal', () => {
  it('aborts when one of the sources does', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const seen = await withAnySignal([one.signal, other.signal], async (signal) => {
      const before = signal.aborted;
      other.abort();
      return [before, signal.aborted];
    });
    expect(seen).toEqual([false, true]);
  });

  it('is aborted from the start when a source was', async () => {
    const sources = [new AbortController().signal, AbortSignal.abort()];
    expect(await withAnySignal(sources, async ({ aborted }) => aborted)).toBe(true);
  });

  it('leaves nothing on a source that lives on, whether the call succeeds or not', async () => {
    const { signal } = new AbortController();
    await withAnySignal([signal], async () => undefined);
    const failing = withAnySignal([signal], async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
