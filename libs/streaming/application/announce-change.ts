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

@Injectable()
export class AnnounceChange {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly signals: StreamSignals,
    private readonly metrics: StreamingMetrics,
  ) {}

  /** @param facts more for the log line */
  execute(change: AnnouncedChange, facts: Readonly<Record<string, unknown>> = {}): void {
    const { streamId, from, to, reason } = change;
    const line = { ...change, ...facts };
    if (to === 'ERROR') {
      // What is not asked again comes back by a hand only.
      this.logger[reason === Reason.sourceAuthFailed ? 'error' : 'warn'](line, 'stream failed');
    } else {
      this.logger.log(line, 'stream changed');
    }
    if (from !== to) {
      this.metrics.transitioned(from, to);
    }
    this.signals.changed(streamId);
  }
}
