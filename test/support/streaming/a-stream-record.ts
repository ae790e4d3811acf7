import { type StreamRecord } from '#streaming/domain/ports/stream-repository.js';
import { streamId } from './a-stream.js';
import { PLAYBACK } from './stream-rows.js';

const CREATED_AT = new Date('2026-11-23T10:00:00Z');

/** A stream as it is read: one that runs, on a node that was looked at a second ago. */
export function aStreamRecord(given: Partial<StreamRecord> = {}): StreamRecord {
  return {
    id: streamId(1),
    cameraId: 'gate-3',
    nodeId: 'default',
    path: 'cam/gate-3',
    sourceUrl: 'rtsp://192.168.1.20:554/stream1',
    hasUserInfo: false,
    hasQuery: false,
    onDemand: false,
    transport: 'tcp',
    labels: {},
    desired: 'RUNNING',
    status: 'RUNNING',
    reason: null,
    lastError: null,
    removalPending: false,
    reconnects: 0,
    generation: 1,
    createdAt: CREATED_AT,
    startedAt: new Date('2026-11-23T10:00:01Z'),
    stoppedAt: null,
    updatedAt: new Date('2026-11-23T10:00:02Z'),
    observedAt: new Date('2026-11-23T10:00:03Z'),
    lookAgeMs: 1_000,
    playback: PLAYBACK,
    ...given,
  };
}
