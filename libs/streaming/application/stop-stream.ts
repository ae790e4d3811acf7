import { Injectable, Logger } from '@nestjs/common';

import { type StreamRecord, StreamRepository } from '../domain/ports/stream-repository.js';
import { StreamNotFound } from '../domain/stream.errors.js';
import { ReconcileStream } from './reconcile-stream.js';
import { StreamSignals } from './stream-signals.js';

@Injectable()
export class StopStream {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly streams: StreamRepository,
    private readonly reconcile: ReconcileStream,
    private readonly signals: StreamSignals,
  ) {}

  /** Commits at once, node up or not. Idempotent. @throws StreamNotFound */
  async execute(id: string): Promise<StreamRecord> {
    const outcome = await this.streams.stop(id);
    if (outcome === null) {
      throw new StreamNotFound(id);
    }
    const { stream, hasStopped } = outcome;
    if (hasStopped) {
      this.logger.log(
        { streamId: id, cameraId: stream.cameraId, to: stream.status, reason: stream.reason },
        'stream changed',
      );
      this.signals.changed(id);
      void this.reconcile.execute(stream.path);
    }
    return stream;
  }
}
