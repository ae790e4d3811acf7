/** What the document shows: a node that is well. */
export const NODE_EXAMPLE = {
  id: 'north',
  health: 'HEALTHY',
  problems: [],
  warnings: [],
  version: 'v1.20.1',
  paths: 412,
  capacity: 1_000,
  lastLookAt: '2026-11-23T16:28:01.190Z',
  lease: { owner: 'vigia-1:3000', epoch: '3', expiresAt: '2026-11-23T16:28:16.190Z' },
  isPoisoned: false,
  playback: {
    hls: 'https://north.example.com:8888',
    webrtc: 'https://north.example.com:8889',
    rtsp: 'rtsp://north.example.com:8554',
  },
  hasAgent: true,
};
