import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { ApplyPath, type PathResult } from './apply-path.js';
import { StreamingSettings } from './streaming-settings.js';
import { WriteQueue } from './write-queue.js';

/** The node's write queue, as a singleton: nobody else writes to MediaMTX. */
@Injectable()
export class PathWriter extends WriteQueue<PathResult> {
  constructor(clock: Clock, settings: StreamingSettings, applyPath: ApplyPath) {
    super(clock, settings.dialsPerSecond, (job) => applyPath.execute(job));
  }
}
