import { Injectable } from '@nestjs/common';

import { type ExpectedGenerations } from '../domain/ports/stream-changes.js';
import { type StreamRecord, StreamRepository } from '../domain/ports/stream-repository.js';
import { AnnounceChange } from './announce-change.js';
import { Nodes } from './nodes.js';
import { refusalOf } from './refused-change.js';

@Injectable()
export class StopStream {
  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly announce: AnnounceChange,
  ) {}

  /** Commits at once, node up or not. Idempotent. @throws StreamNotFound, PreconditionFailed */
  async execute(id: string, expected: ExpectedGenerations = null): Promise<StreamRecord> {
    const outcome = await this.streams.stop(id, expected);
    if (outcome.kind !== 'stopped') {
      throw refusalOf(id, outcome);
    }
    const { stream, previousStatus: from, hasStopped } = outcome;
    if (hasStopped) {
      const { cameraId, nodeId, status: to, reason } = stream;
      this.announce.asked({ streamId: id, cameraId, nodeId, from, to, reason });
      void this.nodes.of(nodeId)?.reconcile.execute(stream);
    }
    return stream;
  }
}
