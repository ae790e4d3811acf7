/**
 * The one goroutine that changes the configuration: writes wait for each other, whatever their
 * clients do meanwhile, and each costs time in proportion to the configured paths.
 */
import { setTimeout as delay } from 'node:timers/promises';

export class WriterQueue {
  private tail: Promise<void> = Promise.resolve();
  private readonly death = new AbortController();
  /** Costs below a timer's resolution add up instead of being rounded up or lost. */
  private owedMs = 0;

  enqueue(write: () => Promise<void>): void {
    this.tail = this.tail.then(async () => {
      if (!this.isDead) await write();
    });
  }

  /** For ever unfinished once the process is dead, like the work that it was doing. */
  async spend(ms: number): Promise<void> {
    this.owedMs += ms;
    if (this.owedMs < 1) return;
    const started = performance.now();
    await this.sleep(this.owedMs);
    this.owedMs = Math.min(0, this.owedMs - (performance.now() - started));
  }

  async sleep(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.death.signal }).catch(() => undefined);
    if (this.isDead) await new Promise(() => undefined);
  }

  die(): void {
    this.death.abort();
  }

  private get isDead(): boolean {
    return this.death.signal.aborted;
  }
}
