import { Injectable } from '@nestjs/common';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord, StreamRepository } from '../domain/ports/stream-repository.js';
import { AnnounceChange } from './announce-change.js';
import { Nodes } from './nodes.js';
import { refusalOf } from './refused-change.js';

/** Begins again with a stream as it is wanted, one that was given up for its password included. */
@Injectable()
export class RetryStream {
  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly announce: AnnounceChange,
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
    const { cameraId, nodeId, status: to, reason } = stream;
    this.announce.asked({ streamId: id, cameraId, nodeId, from, to, reason }, { wasParked });
    const node = this.nodes.of(nodeId);
    if (from === 'RUNNING') {
      // Its camera delivers: there is nothing to ask, and a second session might be one too many.
      void node?.reconcile.execute(stream, { mustRestart: true });
    } else {
      node?.askFirst.execute(stream);
    }
    return stream;
  }
}
