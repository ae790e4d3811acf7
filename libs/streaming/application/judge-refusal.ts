/**
 * A 400 may be about somebody else's body: one rejected PATCH anywhere makes MediaMTX refuse every
 * write of the node. So before a stream is blamed, something known to be good is written. When that
 * is refused too, the node is poisoned and the stream innocent; when it passes, the body gets a
 * second chance, since the node may have been healed in between.
 */
import { Injectable } from '@nestjs/common';

import {
  MediaMtxClient,
  type PathSpec,
  type WriteOutcome,
} from '../domain/ports/media-mtx-client.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

/** No camera can have this name, so it collides with no stream; on demand, so it dials nobody. */
export const CANARY_NAME = '_vigia';
const CANARY: PathSpec = {
  source: { url: 'rtsp://127.0.0.1:1/', secret: { userInfo: null, query: null } },
  onDemand: true,
  transport: 'tcp',
};

export type RefusalVerdict =
  | { readonly kind: 'blamed' }
  | { readonly kind: 'accepted' | 'poisoned' | 'unknown'; readonly outcome: WriteOutcome };

@Injectable()
export class JudgeRefusal {
  constructor(
    private readonly client: MediaMtxClient,
    private readonly node: NodeState,
    private readonly settings: StreamingSettings,
  ) {}

  /** @param sendAgain sends the refused body once more @param cause of the first refusal */
  async execute(sendAgain: () => Promise<WriteOutcome>, cause: string): Promise<RefusalVerdict> {
    const canaryPath = `${this.settings.pathPrefix}/${CANARY_NAME}`;
    const canary = await this.client.replace(canaryPath, CANARY);
    if (canary.kind === 'rejected') {
      this.node.poisoned();
      return { kind: 'poisoned', outcome: { kind: 'unknown', cause } };
    }
    if (canary.kind === 'unknown') {
      return { kind: 'unknown', outcome: canary };
    }
    this.node.writeAccepted();
    await this.client.remove(canaryPath);
    const second = await sendAgain();
    return second.kind === 'rejected' ? { kind: 'blamed' } : { kind: second.kind, outcome: second };
  }
}
