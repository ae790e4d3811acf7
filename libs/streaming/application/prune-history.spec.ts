import { describe, expect, it } from '@jest/globals';

import { type PrunedRows, StreamHistory } from '../domain/ports/stream-history.js';
import { PruneHistory } from './prune-history.js';

class HistoryOf extends StreamHistory {
  constructor(
    public events: number,
    public streams: number,
  ) {
    super();
  }

  override async prune(_days: number, batch: number): Promise<PrunedRows> {
    const pruned = { events: Math.min(batch, this.events), streams: Math.min(batch, this.streams) };
    this.events -= pruned.events;
    this.streams -= pruned.streams;
    return Promise.resolve(pruned);
  }
}

describe('PruneHistory', () => {
  it('goes on until nothing old is left', async () => {
    const history = new HistoryOf(2_500, 1_000);
    await new PruneHistory(history, { retentionDays: 90 }).execute(new AbortController().signal);

    expect(history).toMatchObject({ events: 0, streams: 0 });
  });

  it('begins no batch once it is told to stop', async () => {
    const history = new HistoryOf(2_500, 0);
    await new PruneHistory(history, { retentionDays: 90 }).execute(AbortSignal.abort());

    expect(history.events).toBe(2_500);
  });
});
