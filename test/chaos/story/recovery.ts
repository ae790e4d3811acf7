/**
 * How long the product takes to be whole again after a fault: from the end of the last fault to the
 * first moment when nothing differs. Counted only when no other fault and no call came in between.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { type FaultName } from '../faults/fault-names.js';

const EVERY_MS = 100;
const MAX_TRIES = 100;

export interface Recovery {
  readonly fault: FaultName;
  readonly ms: number;
}

export class RecoveryClock {
  readonly recoveries: Recovery[] = [];
  private pending: { fault: FaultName; endedAt: number } | null = null;
  private readonly ending = new AbortController();
  private readonly done: Promise<void>;

  constructor(private readonly isWhole: () => Promise<boolean>) {
    this.done = this.run();
  }

  ended(fault: FaultName): void {
    this.pending = { fault, endedAt: performance.now() };
  }

  /** Something else happened: what comes now says nothing about the fault before. */
  disturbed(): void {
    this.pending = null;
  }

  /** Until what is whole by now has been noticed. */
  async measured(): Promise<void> {
    for (let tries = 0; this.pending !== null && tries < MAX_TRIES; tries += 1) {
      await delay(EVERY_MS);
    }
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      await this.check();
      await delay(EVERY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async check(): Promise<void> {
    const { pending } = this;
    if (pending === null) return;
    const askedAt = performance.now();
    if ((await this.isWhole()) && this.pending === pending) {
      this.recoveries.push({ fault: pending.fault, ms: Math.max(0, askedAt - pending.endedAt) });
      this.pending = null;
    }
  }
}
