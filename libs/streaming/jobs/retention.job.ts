/** Forgets old history, now and then. Every replica may run it: deleting twice deletes once. */
import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';

import { Clock } from '#kernel/clock.js';
import { BackgroundLoop } from '#platform/background-loop.js';

import { PruneHistory } from '../application/prune-history.js';

/** Too low: idle deletes. Too high: one run has much to do. */
const EVERY_MS = 3_600_000;
/** Not while everything starts. */
const FIRST_MS = 60_000;

@Injectable()
export class RetentionJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly loop: BackgroundLoop;

  constructor(
    prune: PruneHistory,
    private readonly scheduler: SchedulerRegistry,
    clock: Clock,
  ) {
    this.loop = new BackgroundLoop(
      { name: 'Retention', context: 'Database' },
      () => prune.execute(this.stopping.signal),
      clock,
    );
  }

  onApplicationBootstrap(): void {
    const interval = setInterval(() => {
      this.loop.tick();
    }, EVERY_MS);
    this.scheduler.addInterval('retention', interval);
    this.loop.pokeIn(FIRST_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.loop.stop();
  }
}
