import { assertNever } from '#kernel/assert-never.js';

import { type RefusedPatch } from '../domain/ports/stream-changes.js';
import {
  PreconditionFailed,
  StreamNotFound,
  StreamStopped,
  TooManyLabels,
} from '../domain/stream.errors.js';

/** Why nothing was changed, as a caller is told. */
export function refusalOf(id: string, refused: RefusedPatch): Error {
  switch (refused.kind) {
    case 'not_found':
      return new StreamNotFound(id);
    case 'stopped':
      return new StreamStopped(id);
    case 'stale':
      return new PreconditionFailed(refused.generation);
    case 'too_many_labels':
      return new TooManyLabels();
    default:
      return assertNever(refused);
  }
}
