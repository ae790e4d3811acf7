/**
 * Carries a fresh intent to the node at once, best effort: the caller already has a durable row, and
 * whatever fails here is finished by the tick.
 */
import { Injectable } from '@nestjs/common';

import { Stream, type StreamState } from '../domain/stream.js';
import { type PathResult } from './apply-path.js';
import { FollowStream } from './follow-stream.js';
import { NodeState } from './node-state.js';
import { PathWriter } from './path-writer.js';
import { SaveObserved } from './save-observed.js';
import { type NamedStream } from './stream-line.js';
import { type WriteJob } from './write-queue.js';

@Injectable()
export class ReconcileStream {
  constructor(
    private readonly writer: PathWriter,
    private readonly follow: FollowStream,
    private readonly save: SaveObserved,
    private readonly node: NodeState,
  ) {}

  /** @param options `mustRestart`: the node begins afresh with the path, as it is or not */
  async execute(
    stream: NamedStream,
    options: Partial<Pick<WriteJob, 'mustRestart'>> = {},
  ): Promise<void> {
    const { path } = stream;
    try {
      const result = await this.writer.enqueue({ path, priority: 'interactive', ...options });
      await this.react(stream, result);
    } catch (err) {
      this.node.episodes.failed(this.node.episodes.notCarried, err, stream);
    }
  }

  private async react(stream: NamedStream, result: PathResult): Promise<void> {
    if (result.kind === 'applied' || result.kind === 'removed') {
      this.follow.execute(stream);
    } else if (result.kind === 'unknown' && result.state !== null) {
      await this.sayUnreachable(result.state);
    }
  }

  private async sayUnreachable(state: StreamState): Promise<void> {
    const stream = new Stream(state);
    stream.nodeUnreachable();
    const change = stream.change();
    await this.save.execute(change === null ? [] : [change], null);
  }
}
