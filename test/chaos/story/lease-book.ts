/** Who looked after the node when: each holder of the lease takes the next epoch. */
import { setTimeout as delay } from 'node:timers/promises';

import { type Ledger } from '../world/ledger.js';
import { type Span } from './witness.js';

const EVERY_MS = 250;

interface Entry {
  readonly at: number;
  readonly epoch: number;
}

export class LeaseBook {
  private readonly entries: Entry[] = [];
  private readonly ending = new AbortController();
  private readonly done: Promise<void>;

  constructor(private readonly ledger: Ledger) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  /** How many at most, one after the other; while Postgres was out nobody saw when one came. */
  holdersIn({ from, to }: Span): number {
    const before = this.entries.findLast(({ at }) => at <= from) ?? this.entries[0];
    const after = this.entries.find(({ at }) => at >= to) ?? this.entries.at(-1);
    return before === undefined || after === undefined ? Infinity : after.epoch - before.epoch + 1;
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      await this.write().catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async write(): Promise<void> {
    const at = Date.now();
    this.entries.push({ at, epoch: await this.ledger.leaseEpoch() });
  }
}
