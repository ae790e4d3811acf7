/** Saves what was observed and says each transition once, in one place. */
import { Injectable } from '@nestjs/common';

import { type Fence } from '../domain/ports/node-leases.js';
import { type SavedChange, StreamRepository } from '../domain/ports/stream-repository.js';
import { StreamingMetrics } from '../domain/ports/streaming-metrics.js';
import { type StreamChange } from '../domain/stream.js';
import { AnnounceChange } from './announce-change.js';
import { StreamSignals } from './stream-signals.js';

@Injectable()
export class SaveObserved {
  constructor(
    private readonly streams: StreamRepository,
    private readonly announce: AnnounceChange,
    private readonly signals: StreamSignals,
    private readonly metrics: StreamingMetrics,
  ) {}

  /** @returns by id those that were saved; the others lost a race, and their events were not written */
  async execute(
    changes: readonly StreamChange[],
    fence: Fence | null,
  ): Promise<ReadonlyMap<string, SavedChange>> {
    if (changes.length === 0) {
      return new Map();
    }
    const saved = await this.streams.saveObserved(changes, fence);
    for (const change of changes) {
      const done = saved.get(change.from.id);
      if (done !== undefined) {
        this.say(change, done);
      }
    }
    return saved;
  }

  private say({ from, to, event }: StreamChange, { nodeId, awaited }: SavedChange): void {
    if (event === null) {
      this.signals.changed(to.id);
      return;
    }
    const change = {
      streamId: to.id,
      cameraId: to.cameraId,
      nodeId,
      from: event.fromStatus,
      to: event.toStatus,
      reason: event.reason,
    };
    this.announce.observed(change, lengthOf(awaited));
    if (awaited !== null) {
      this.metrics.becameRunning(awaited.since, awaited.ms);
    }
    if (to.reconnects > from.reconnects) {
      this.metrics.reconnected();
    }
  }
}

/** How long it was without media, or took to have some for the first time. */
function lengthOf(awaited: SavedChange['awaited']): Readonly<Record<string, number>> {
  if (awaited === null) {
    return {};
  }
  return { [awaited.since === 'loss' ? 'outageMs' : 'startMs']: Math.round(awaited.ms) };
}
