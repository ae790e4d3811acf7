/** What the adapters are given: valid by default, so that a test names only what matters. */
import { v7 as uuidv7 } from 'uuid';

import { type NodeDescription } from '#streaming/domain/ports/node-directory.js';
import { type NewStream } from '#streaming/domain/ports/stream-repository.js';
import { type SourceUrl, parseSourceUrl } from '#streaming/domain/source-url.js';

import { secretSource } from '../api/api-client.js';

export const NODE_ID = 'default';

export function aNode(given: Partial<NodeDescription> = {}): NodeDescription {
  return {
    id: NODE_ID,
    apiUrl: 'http://127.0.0.1:9997/',
    playback: {
      hls: 'http://127.0.0.1:8888',
      webrtc: 'http://127.0.0.1:8889',
      rtsp: 'rtsp://127.0.0.1:8554',
    },
    maxPaths: null,
    hasAgent: false,
    ...given,
  };
}

let cameras = 0;

/** A stream of a camera that no other test uses, on the node of `aNode()`. */
export function aNewStream(given: Partial<NewStream> = {}): NewStream {
  cameras += 1;
  const { cameraId = `camera-${cameras}` } = given;
  return {
    id: uuidv7(),
    cameraId,
    places: [{ nodeId: NODE_ID, capacity: null }],
    path: `cam/${cameraId}`,
    source: aSource(),
    onDemand: false,
    transport: 'automatic',
    labels: {},
    ...given,
  };
}

/** With user information and a query that both hold the canary. */
export function aSource(hostAndPath = '10.0.0.1:554/main'): SourceUrl {
  const result = parseSourceUrl(secretSource(hostAndPath));
  if (!result.ok) {
    throw new Error(result.problem);
  }
  return result.source;
}
