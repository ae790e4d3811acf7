/** Says a change of a stream, once, wherever it was made: to the log, the counters and who waits. */
import { Injectable, Logger } from '@nestjs/common';

import { StreamingMetrics } from '../domain/ports/streaming-metrics.js';
import { Reason } from '../domain/reason.js';
import { type StreamStatus } from '../domain/stream-status.js';
import { StreamSignals } from './stream-signals.js';

export interface AnnouncedChange {
  readonly streamId: string;
  readonly cameraId: string;
  readonly nodeId: string;
  /** Null for a new stream. */
  readonly from: StreamStatus | null;
  readonly to: StreamStatus;
  readonly reason: string | null;
}

/** More for the log line. */
type Facts = Readonly<Record<string, unknown>>;

@Injectable()
export class AnnounceChange {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly signals: StreamSignals,
    private readonly metrics: StreamingMetrics,
  ) {}

  /** Somebody asked for it: a stream that is in ERROR all the same has not failed by it. */
  asked(change: AnnouncedChange, facts: Facts = {}): void {
    this.logger.log({ ...change, ...facts }, 'stream changed');
    this.tell(change);
  }

  /** A look has shown it. */
  observed(change: AnnouncedChange, facts: Facts = {}): void {
    const line = { ...change, ...facts };
    if (change.to === 'ERROR') {
      // What is not asked again comes back by a hand only.
      const level = change.reason === Reason.sourceAuthFailed ? 'error' : 'warn';
      this.logger[level](line, 'stream failed');
    } else {
      this.logger.log(line, 'stream changed');
    }
    this.tell(change);
  }

  private tell({ streamId, from, to }: AnnouncedChange): void {
    if (from !== to) {
      this.metrics.transitioned(from, to);
    }
    this.signals.changed(streamId);
  }
}
