/**
 * Learns what a node is, after gaining its lease and after each restart: its version, and what in its
 * configuration works against us. Asked at the end of an outage, and at each audit, whether it is
 * still the same process. What was found is looked for again at each audit: a file that was mended
 * is read anew by the same process, and a warning should not outlive its cause.
 */
import { Injectable } from '@nestjs/common';

import { pathOf } from '../domain/camera-path.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { CANARY_NAME } from './judge-refusal.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

@Injectable()
export class CheckNode {
  constructor(
    private readonly client: MediaMtxClient,
    private readonly node: NodeState,
    private readonly settings: StreamingSettings,
  ) {}

  /** @param isDoubtful whether it may be another process than the one that was inspected */
  async execute(isDoubtful: boolean, signal?: AbortSignal): Promise<void> {
    if (this.node.isInspected && !(isDoubtful && (await this.mayHaveChanged(signal)))) {
      return;
    }
    const facts = await this.client.inspect(pathOf(this.settings.pathPrefix, CANARY_NAME), signal);
    if (facts !== null) {
      this.node.inspected(facts);
    }
  }

  private async mayHaveChanged(signal?: AbortSignal): Promise<boolean> {
    if (this.node.conditions.hazards.length > 0) {
      return true;
    }
    const info = await this.client.info(signal);
    return info !== null && info.started !== this.node.started;
  }
}
