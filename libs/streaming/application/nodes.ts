/**
 * The nodes that this process looks after. What has to happen at a node is asked of its own handle:
 * each has a writer, a lease and a memory of its own.
 */
import { Logger } from '@nestjs/common';

import { type MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { type AskFirst } from './ask-first.js';
import { type ReconcileStream } from './reconcile-stream.js';

/** Works until it is stopped, which lets the lease go. */
export interface Clockwork {
  start(): void;
  stop(): Promise<void>;
}

export interface NodeHandle {
  readonly id: string;
  readonly reconcile: Pick<ReconcileStream, 'execute'>;
  readonly askFirst: Pick<AskFirst, 'execute'>;
  readonly client: Pick<MediaMtxClient, 'lookAt'>;
  readonly clockwork: Clockwork;
  readonly vitals: NodeVitals;
}

/** What this process does for a node at the moment. */
export interface NodeVitals {
  readonly isHeld: boolean;
  readonly queueDepth: number;
  readonly queueOldestMs: number;
}

export class Nodes {
  private readonly logger = new Logger('Node');
  private readonly byId: ReadonlyMap<string, NodeHandle>;

  constructor(readonly all: readonly NodeHandle[]) {
    this.byId = new Map(all.map((node) => [node.id, node]));
  }

  /**
   * Undefined for a node that is not configured here: what is asked for is committed all the same, and
   * whoever is configured with it finds it there.
   */
  of(nodeId: string): NodeHandle | undefined {
    const node = this.byId.get(nodeId);
    if (node === undefined) {
      this.logger.debug({ nodeId }, 'node not configured in this process; nothing done there');
    }
    return node;
  }
}
