/** One look at one path, put together with those before it, and what it shows saved at once. */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type Observation } from '../domain/fold.js';
import { type Action, plan } from '../domain/plan.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { type Fence } from '../domain/ports/node-leases.js';
import { Stream, type StreamState } from '../domain/stream.js';
import { NodeMemory } from './node-memory.js';
import { SaveObserved } from './save-observed.js';
import { StreamingSettings } from './streaming-settings.js';

export interface SeenStream {
  readonly observation: Observation;
  readonly action: Action;
  /** After this look; null when it was changed by somebody else meanwhile and must be read anew. */
  readonly state: StreamState | null;
}

@Injectable()
export class LookAtStream {
  constructor(
    private readonly client: MediaMtxClient,
    private readonly memory: NodeMemory,
    private readonly save: SaveObserved,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** @param fence of whoever acts as the holder of the lease; null for what a caller asked for */
  async execute(state: StreamState, fence: Fence | null, signal: AbortSignal): Promise<SeenStream> {
    const lookStartedMs = this.clock.monotonicMs();
    const look = await this.client.lookAt(state.path, signal);
    const seen = look.kind === 'complete' ? look.sample : 'inconclusive';
    const observation = this.memory.observe(state, seen, {
      lookStartedMs,
      nowMs: this.clock.monotonicMs(),
    });
    const { action, change } = plan(new Stream(state), observation, this.settings);
    if (change === null) {
      return { observation, action, state };
    }
    const saved = await this.save.execute([change], fence);
    const after = saved.has(state.id) ? { ...change.to, version: state.version + 1 } : null;
    return { observation, action, state: after };
  }
}
