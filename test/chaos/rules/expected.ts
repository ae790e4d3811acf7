/** What a stream should be once nobody disturbs it any more. */
import { Reason } from '#streaming/domain/reason.js';
import { type StreamStatus } from '#streaming/domain/stream-status.js';

import { type Story } from '../story/story.js';
import { type LedgerRow } from '../world/ledger.js';

export interface Expected {
  readonly status: StreamStatus;
  /** Null: whichever fits, which `causes` judges. */
  readonly reason: string | null;
  /** Its camera refused the password: until somebody changes something there is no path. */
  readonly isParked: boolean;
}

const RUNNING: Expected = { status: 'RUNNING', reason: null, isParked: false };
const ERROR: Expected = { status: 'ERROR', reason: null, isParked: false };
const PARKED: Expected = { status: 'ERROR', reason: Reason.sourceAuthFailed, isParked: true };

export const isParked = ({ generation, parkedGeneration }: LedgerRow): boolean =>
  parkedGeneration === generation;

/** Null for the stream of a camera of another seed. */
export function expectedOf(story: Story, row: LedgerRow): Expected | null {
  const camera = story.cameras.find(({ id }) => id === row.cameraId);
  if (camera === undefined) return null;
  // Also when the camera would take the password by now; `parking` says whether it ever refused it.
  if (isParked(row)) return PARKED;
  // Nobody asks a camera on demand: that nothing comes is as it should be.
  if (row.onDemand || camera.behaviour === 'live') return RUNNING;
  return camera.behaviour === 'refusing' ? PARKED : ERROR;
}
