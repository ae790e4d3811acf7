import { AppError } from '#kernel/app-error.js';

import { MAX_LABELS } from './labels.js';

export class StreamNotFound extends AppError {
  constructor(id: string) {
    super('not_found', 'stream.not_found', `There is no stream with the id ${id}.`);
  }
}

export class CameraBusy extends AppError {
  constructor(cameraId: string, activeStreamId: string) {
    super(
      'conflict',
      'stream.camera_busy',
      `Camera ${cameraId} already has an active stream, ${activeStreamId}. Use that one, or stop it first.`,
      { extensions: { activeStreamId } },
    );
  }
}

/** Not the caller's fault, and over as soon as a stream is stopped or an operator makes room. */
export class NoRoom extends AppError {
  constructor() {
    super(
      'unavailable',
      'node.no_room',
      'Every node is full, and nothing was started. Stop a stream, add a node, or raise the capacity of one; GET /api/nodes shows how full they are.',
    );
  }
}

export class StreamStopped extends AppError {
  constructor(id: string) {
    super(
      'conflict',
      'stream.stopped',
      `Stream ${id} is stopped, for good. Start its camera again: that makes a new stream with the same URLs.`,
    );
  }
}

/** The caller decided on what is not true any more. */
export class PreconditionFailed extends AppError {
  constructor(generation: number) {
    super(
      'precondition_failed',
      'stream.precondition_failed',
      `Nothing was changed: the generation of the stream is ${generation} by now, which If-Match does not name. GET it again, and decide again.`,
      { extensions: { generation } },
    );
  }
}

export class TooManyLabels extends AppError {
  constructor() {
    const message = `must leave at most ${MAX_LABELS} labels`;
    super('invalid', 'stream.too_many_labels', `The labels ${message}, old ones included.`, {
      extensions: { errors: [{ pointer: '/labels', message }] },
    });
  }
}

/** A fault in code: the entity was told to do what the lifecycle does not allow. */
export class IllegalTransition extends AppError {
  constructor(from: string, to: string, reason: string | null) {
    super(
      'conflict',
      'stream.illegal_transition',
      `A stream cannot go from ${from} to ${to}${reason === null ? '' : ` (${reason})`}.`,
    );
  }
}
