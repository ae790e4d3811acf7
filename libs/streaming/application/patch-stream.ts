import { Injectable } from '@nestjs/common';

import {
  type ExpectedGenerations,
  type PatchDecision,
  type StreamPatch,
} from '../domain/ports/stream-changes.js';
import {
  type PlacedPath,
  type StreamRecord,
  StreamRepository,
} from '../domain/ports/stream-repository.js';
import { AnnounceChange } from './announce-change.js';
import { Nodes } from './nodes.js';
import { refusalOf } from './refused-change.js';

export interface PatchPreview extends PatchDecision {
  /** Who would be cut; null when the node does not say. */
  readonly viewers: number | null;
}

@Injectable()
export class PatchStream {
  constructor(
    private readonly streams: StreamRepository,
    private readonly nodes: Nodes,
    private readonly announce: AnnounceChange,
  ) {}

  /**
   * Commits at once, node up or not; what differs in nothing is no change.
   * @throws StreamNotFound, StreamStopped, PreconditionFailed, TooManyLabels
   */
  async execute(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<StreamRecord> {
    const outcome = await this.streams.patch(id, change, expected);
    if (outcome.kind !== 'patched') {
      throw refusalOf(id, outcome);
    }
    const { stream, previousStatus: from, effect, changed } = outcome;
    if (changed.length > 0) {
      const { cameraId, nodeId, status: to, reason } = stream;
      this.announce.asked({ streamId: id, cameraId, nodeId, from, to, reason }, { changed });
    }
    if (effect === 'restart') {
      void this.nodes.of(stream.nodeId)?.reconcile.execute(stream);
    }
    return stream;
  }

  /** What `execute` would do, and whom it would cut. Writes nothing. @throws as `execute` does */
  async preview(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PatchPreview> {
    const outcome = await this.streams.previewPatch(id, change, expected);
    if (outcome.kind !== 'previewed') {
      throw refusalOf(id, outcome);
    }
    const { effect, changed } = outcome;
    return { effect, changed, viewers: effect === 'none' ? 0 : await this.viewersOf(outcome) };
  }

  private async viewersOf({ nodeId, path }: PlacedPath): Promise<number | null> {
    const look = await this.nodes.of(nodeId)?.client.lookAt(path);
    return look?.kind === 'complete' ? (look.sample?.readers ?? 0) : null;
  }
}
