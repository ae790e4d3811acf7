import { Injectable, Logger } from '@nestjs/common';

import { StreamHistory } from '../domain/ports/stream-history.js';

export abstract class RetentionSettings {
  /** Events and stopped streams older than this are deleted. */
  abstract readonly retentionDays: number;
}

/** Too low: many round trips. Too high: one long transaction that holds back vacuum. */
const BATCH = 1_000;

/** Forgets what is over for longer than the retention, batch by batch. */
@Injectable()
export class PruneHistory {
  private readonly logger = new Logger('Database');

  constructor(
    private readonly history: StreamHistory,
    private readonly settings: RetentionSettings,
  ) {}

  async execute(signal: AbortSignal): Promise<void> {
    let [events, streams] = [0, 0];
    let isMore = true;
    while (isMore && !signal.aborted) {
      const pruned = await this.history.prune(this.settings.retentionDays, BATCH);
      events += pruned.events;
      streams += pruned.streams;
      isMore = pruned.events === BATCH || pruned.streams === BATCH;
    }
    if (events + streams > 0) {
      this.logger.log({ events, streams }, 'history pruned');
    }
  }
}
