/** What the document shows: one camera at a gate, streaming. A test holds it against the schemas. */
import { Reason, explain } from '../domain/reason.js';

export const EXAMPLE_ID = '01a20939-c512-746b-a492-89b6f97a9fd7';

export const STREAM_EXAMPLE = {
  id: EXAMPLE_ID,
  cameraId: 'gate-3',
  source: 'rtsp://***:***@192.168.1.20:554/stream1',
  onDemand: false,
  transport: 'tcp',
  labels: { site: 'north' },
  desired: 'RUNNING',
  status: 'RUNNING',
  reason: null,
  health: 'HEALTHY',
  error: null,
  lastError: {
    code: Reason.sourceNoMedia,
    message: explain(Reason.sourceNoMedia),
    at: '2026-11-23T16:25:30.950Z',
  },
  removalPending: false,
  path: 'cam/gate-3',
  nodeId: 'default',
  playback: {
    hls: 'http://127.0.0.1:8888/cam/gate-3/index.m3u8',
    webrtc: 'http://127.0.0.1:8889/cam/gate-3/',
    whep: 'http://127.0.0.1:8889/cam/gate-3/whep',
    rtsp: 'rtsp://127.0.0.1:8554/cam/gate-3',
  },
  reconnects: 1,
  generation: 1,
  createdAt: '2026-11-23T16:25:10.675Z',
  startedAt: '2026-11-23T16:25:10.950Z',
  stoppedAt: null,
  updatedAt: '2026-11-23T16:27:51.190Z',
  observedAt: '2026-11-23T16:28:01.190Z',
};

export const STREAM_DETAILS_EXAMPLE = {
  ...STREAM_EXAMPLE,
  connectionQuality: 'good',
  reconnectsLastHour: 1,
  lastOutage: {
    startedAt: '2026-11-23T16:27:36.190Z',
    endedAt: '2026-11-23T16:27:51.190Z',
    durationMs: 15_000,
  },
};

export const EVENT_EXAMPLE = {
  seq: '4711',
  at: '2026-11-23T16:25:10.950Z',
  type: 'stream.status_changed',
  fromStatus: 'STARTING',
  toStatus: 'RUNNING',
  reason: null,
  generation: 1,
  version: 2,
  data: {},
};

export const START_EXAMPLE = {
  cameraId: 'gate-3',
  source: 'rtsp://user:password@192.168.1.20:554/stream1',
  labels: { site: 'north' },
};

export const PATCH_EXAMPLE = {
  source: 'rtsp://user:new-password@192.168.1.20:554/stream1',
  labels: { site: 'south', floor: null },
};

export const PREVIEW_EXAMPLE = { effect: 'restart', viewers: 3, changed: ['source', 'labels'] };

export const CHECK_EXAMPLE = { source: 'rtsp://user:password@192.168.1.20:554/stream1' };

export const CHECKED_EXAMPLE = {
  source: 'rtsp://***:***@192.168.1.20:554/stream1',
  reachable: true,
  reason: null,
  message: null,
  tracks: [
    { kind: 'video', codec: 'H265', hasBFrames: false },
    { kind: 'audio', codec: 'Opus', hasBFrames: false },
  ],
  advice: ['H265: needs a transcode for most browsers.'],
};
