import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { ApplyPath, type PathResult } from './apply-path.js';
import { HeldLease } from './held-lease.js';
import { StreamingSettings } from './streaming-settings.js';
import { type WriteJob, WriteQueue } from './write-queue.js';

/**
 * The node's write queue, as a singleton: nobody else writes to MediaMTX.
 *
 * What a tick has queued is sent only while the lease is held: a holder that was frozen must not
 * work off what it once planned. What a caller asked for is sent by whichever replica was asked.
 */
@Injectable()
export class PathWriter extends WriteQueue<PathResult> {
  constructor(clock: Clock, settings: StreamingSettings, applyPath: ApplyPath, lease: HeldLease) {
    const isAllowed = (job: WriteJob): boolean =>
      job.priority === 'interactive' || lease.current !== null;
    super(clock, settings.dialsPerSecond, (job) =>
      isAllowed(job)
        ? applyPath.execute(job)
        : Promise.resolve({ kind: 'skipped', hasDialled: false }),
    );
  }
}
