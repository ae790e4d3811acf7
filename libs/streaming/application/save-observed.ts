/** Saves what was observed and says each transition once, in one place. */
import { Injectable, Logger } from '@nestjs/common';

import { type Fence } from '../domain/ports/node-leases.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { type StreamChange } from '../domain/stream.js';
import { StreamSignals } from './stream-signals.js';

@Injectable()
export class SaveObserved {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly streams: StreamRepository,
    private readonly signals: StreamSignals,
  ) {}

  /** @returns the ids that were saved; the others lost a race, and their events were not written */
  async execute(changes: readonly StreamChange[], fence: Fence | null): Promise<Set<string>> {
    if (changes.length === 0) {
      return new Set();
    }
    const saved = await this.streams.saveObserved(changes, fence);
    for (const change of changes.filter(({ from }) => saved.has(from.id))) {
      this.say(change);
      this.signals.changed(change.from.id);
    }
    return saved;
  }

  private say({ to, event }: StreamChange): void {
    if (event === null) {
      return;
    }
    const line = {
      streamId: to.id,
      cameraId: to.cameraId,
      from: event.fromStatus,
      to: event.toStatus,
      reason: event.reason,
    };
    if (event.toStatus === 'ERROR') {
      this.logger.warn(line, 'stream failed');
    } else {
      this.logger.log(line, 'stream changed');
    }
  }
}
