/** Looks at the streams that are watched, and at those that a list no longer has. */
import pLimit from 'p-limit';

import { type Stream, type StreamStatus } from '#api-client/client.js';

import { type VigiaApi } from '../api/vigia-api.js';
import { listAtMost } from '../streams/list-at-most.js';
import { newestOfCamera } from '../streams/newest-of-camera.js';
import { type Known } from './changes.js';

/** Too many at once would wait for each other at the API's database. */
const CONCURRENCY = 8;

/** History does not change. */
const ACTIVE = ['STARTING', 'RUNNING', 'ERROR'] satisfies StreamStatus[];

export type Watched =
  | { readonly kind: 'active' }
  | {
      readonly kind: 'named';
      readonly ids: readonly string[];
      readonly cameraIds: readonly string[];
    };

export interface Look {
  readonly streams: readonly Stream[];
  /** What the next look is compared with: without what was stopped and is no longer watched. */
  readonly known: Known;
}

/**
 * One that was seen before and is missing now was stopped, or changed its status while the lists
 * were read: it is asked for by itself.
 */
export async function look(api: VigiaApi, watched: Watched, known: Known): Promise<Look> {
  const found = byId(await watchedStreams(api, watched));
  const missing = [...known.keys()].filter((id) => !found.has(id));
  const others = await fewAtATime(missing, (id) => api.stream(id));
  const kept = others.filter(({ status }) => status !== 'STOPPED');
  return {
    streams: [...found.values(), ...others],
    known: byId([...found.values(), ...kept]),
  };
}

async function watchedStreams(api: VigiaApi, watched: Watched): Promise<readonly Stream[]> {
  if (watched.kind === 'active') {
    const lists = await fewAtATime(ACTIVE, (status) => listAtMost(api, { status }, Infinity));
    return lists.flatMap(({ items }) => items);
  }
  const [named, ofCameras] = await Promise.all([
    fewAtATime(watched.ids, (id) => api.stream(id)),
    fewAtATime(watched.cameraIds, (cameraId) => newestOfCamera(api, cameraId)),
  ]);
  return [...named, ...ofCameras];
}

/** One that moves while lists are read may be in two of them; the later is the newer. */
function byId(streams: readonly Stream[]): Map<string, Stream> {
  return new Map(streams.map((stream) => [stream.id, stream]));
}

function fewAtATime<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const limit = pLimit(CONCURRENCY);
  return Promise.all(items.map((item) => limit(ask, item)));
}
