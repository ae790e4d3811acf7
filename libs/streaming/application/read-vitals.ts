import { Injectable } from '@nestjs/common';

import { HeldLease } from './held-lease.js';
import { type NodeVitals } from './nodes.js';
import { PathWriter } from './path-writer.js';

/** As of the moment of asking. */
@Injectable()
export class ReadVitals implements NodeVitals {
  constructor(
    private readonly lease: HeldLease,
    private readonly writer: PathWriter,
  ) {}

  get isHeld(): boolean {
    return this.lease.current !== null;
  }

  get queueDepth(): number {
    return this.writer.depth;
  }

  get queueOldestMs(): number {
    return this.writer.oldestMs;
  }
}
