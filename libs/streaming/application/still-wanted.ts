import { type PathSpec } from '../domain/ports/media-mtx-client.js';
import { type PathIntent } from '../domain/ports/stream-repository.js';
import { type StreamState } from '../domain/stream.js';

/** What was asked for then, if the newest row of its path asks for it still; null otherwise. */
export function stillWanted(
  newest: PathIntent | null,
  { id, generation }: Pick<StreamState, 'id' | 'generation'>,
): { readonly state: StreamState; readonly spec: PathSpec } | null {
  const isSame = newest?.state.id === id && newest.state.generation === generation;
  return isSame && newest.spec !== null ? { state: newest.state, spec: newest.spec } : null;
}
