import { Injectable, Logger } from '@nestjs/common';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord, StreamRepository } from '../domain/ports/stream-repository.js';
import { Nodes } from './nodes.js';
import { refusalOf } from './refused-change.js';
import { StreamSignals } from './stream-signals.js';

@Injectable()
export class StopStream {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly signals: StreamSignals,
  ) {}

  /** Commits at once, node up or not. Idempotent. @throws StreamNotFound, PreconditionFailed */
  async execute(id: string, expected: ExpectedGenerations = null): Promise<StreamRecord> {
    const outcome = await this.streams.stop(id, expected);
    if (outcome.kind !== 'stopped') {
      throw refusalOf(id, outcome);
    }
    const { stream, hasStopped } = outcome;
    if (hasStopped) {
      this.logger.log(
        { streamId: id, cameraId: stream.cameraId, to: stream.status, reason: stream.reason },
        'stream changed',
      );
      this.signals.changed(id);
      void this.nodes.of(stream.nodeId)?.reconcile.execute(stream.path);
    }
    return stream;
  }
}
