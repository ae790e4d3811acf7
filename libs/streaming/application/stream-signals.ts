import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

/**
 * Tells waiters inside this process that a stream may have changed. Only a hint: another replica's
 * changes are not heard, so whoever waits looks again after a while anyway.
 */
@Injectable()
export class StreamSignals {
  private readonly waiting = new Map<string, Set<AbortController>>();

  constructor(private readonly clock: Clock) {}

  changed(streamId: string): void {
    this.waiting.get(streamId)?.forEach((waiter) => waiter.abort());
  }

  /** Resolves on a change, after `ms`, or when the signal aborts. */
  async wait(streamId: string, ms: number, signal: AbortSignal): Promise<void> {
    const waiter = new AbortController();
    const waiters = this.waiting.get(streamId) ?? new Set();
    this.waiting.set(streamId, waiters.add(waiter));
    await this.clock.delay(ms, AbortSignal.any([waiter.signal, signal]));
    waiters.delete(waiter);
    if (waiters.size === 0) {
      this.waiting.delete(streamId);
    }
  }
}
