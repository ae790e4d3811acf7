/** Builders of what the lifecycle works on: valid by default, so that a test names only what matters. */
import { type PathSample } from '#streaming/domain/look.js';
import { Reason } from '#streaming/domain/reason.js';
import { type StreamState } from '#streaming/domain/stream.js';

/** Ids that sort like those of the product: later ones are greater. */
export function streamId(sequence: number): string {
  return `0198c0de-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
}

/** A STARTING stream that nothing was applied for, unless told otherwise. */
export function aStream(given: Partial<StreamState> = {}): StreamState {
  const status = statusOf(given);
  const { cameraId = 'gate-3', generation = GENERATIONS[status] } = given;
  return {
    id: streamId(1),
    cameraId,
    path: `cam/${cameraId}`,
    onDemand: false,
    desired: status === 'STOPPED' ? 'STOPPED' : 'RUNNING',
    status,
    reason: given.removalPending === true ? Reason.removalPending : REASONS[status],
    generation,
    appliedGeneration: status === 'STARTING' ? 0 : generation,
    parkedGeneration: null,
    removalPending: false,
    reconnects: 0,
    version: 1,
    ...given,
  };
}

function statusOf({ status, desired }: Partial<StreamState>): StreamState['status'] {
  return status ?? (desired === 'STOPPED' ? 'STOPPED' : 'STARTING');
}

const GENERATIONS = { STARTING: 1, RUNNING: 1, ERROR: 1, STOPPED: 2 };
const REASONS = { STARTING: null, RUNNING: null, ERROR: Reason.sourceNoMedia, STOPPED: null };

/** The path of `aStream()` with media, served by its own configuration. */
export function aSample(given: Partial<PathSample> = {}): PathSample {
  const name = given.name ?? 'cam/gate-3';
  return {
    name,
    confName: name,
    available: true,
    availableTime: '2026-11-23T10:00:00.000000001Z',
    inboundBytes: 1_000,
    readers: 0,
    ...given,
  };
}

/** Present and configured, and its camera does not answer. */
export function aSilentSample(given: Partial<PathSample> = {}): PathSample {
  return aSample({ available: false, availableTime: null, inboundBytes: 0, ...given });
}
