/**
 * Drift: one of our paths is configured otherwise than it was told to be, by somebody's hand. What
 * differs is named by MediaMTX's own names, so that whoever did it knows what is meant.
 */
import { type PathMemo } from './fold.js';
import { UNASKED } from './probing.js';

/** The field whose change makes the node fetch from somewhere else. */
export const SOURCE_FIELD = 'source';

/**
 * What was seen of a path with a wrong source was seen of that source: its connection proves nothing
 * for the stream, and its silence is not the camera's. The connection that was known when the drift
 * was *found* is the one that counts: once the path is put right, there is another one.
 */
export function rememberWrongSource(memo: PathMemo): PathMemo {
  return {
    ...memo,
    staleAvailableTime: memo.availableTime ?? memo.staleAvailableTime,
    silentForMs: null,
    staleSinceMs: null,
    probing: UNASKED,
  };
}
