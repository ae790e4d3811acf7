import { Injectable, Logger } from '@nestjs/common';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord, StreamRepository } from '../domain/ports/stream-repository.js';
import { Nodes } from './nodes.js';
import { refusalOf } from './refused-change.js';
import { StreamSignals } from './stream-signals.js';

/** Begins again with a stream as it is wanted, one that was given up for its password included. */
@Injectable()
export class RetryStream {
  private readonly logger = new Logger('Stream');

  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly signals: StreamSignals,
  ) {}

  /**
   * Commits at once, node up or not. Cuts whoever watches.
   * @throws StreamNotFound, StreamStopped, PreconditionFailed
   */
  async execute(id: string, expected: ExpectedGenerations): Promise<StreamRecord> {
    const outcome = await this.streams.retry(id, expected);
    if (outcome.kind !== 'retried') {
      throw refusalOf(id, outcome);
    }
    const { stream, previousStatus: from, wasParked } = outcome;
    const { cameraId, status: to, reason } = stream;
    this.logger.log({ streamId: id, cameraId, from, to, reason, wasParked }, 'stream changed');
    this.signals.changed(id);
    const node = this.nodes.of(stream.nodeId);
    if (from === 'RUNNING') {
      // Its camera delivers: there is nothing to ask, and a second session might be one too many.
      void node?.reconcile.execute(stream.path, { mustRestart: true });
    } else {
      node?.askFirst.execute(stream);
    }
    return stream;
  }
}
