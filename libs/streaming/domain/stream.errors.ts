import { AppError } from '#kernel/app-error.js';

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
