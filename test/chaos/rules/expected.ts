/** What a stream should be once nobody disturbs it any more. */
import { type StreamStatus } from '#streaming/domain/stream-status.js';

import { type Story } from '../story/story.js';
import { type LedgerRow } from '../world/ledger.js';

/** Null for the stream of a camera of another seed. */
export function expectedStatus(story: Story, row: LedgerRow): StreamStatus | null {
  const camera = story.cameras.find(({ id }) => id === row.cameraId);
  if (camera === undefined) return null;
  return row.onDemand || camera.behaviour === 'live' ? 'RUNNING' : 'ERROR';
}
