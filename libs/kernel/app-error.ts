export type AppErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'precondition_required'
  | 'unavailable'
  | 'internal';

export interface AppErrorOptions {
  cause?: unknown;
  /** Extra members of the problem document, such as `activeStreamId`. Safe for a client. */
  extensions?: Readonly<Record<string, unknown>>;
}

/**
 * An error that a caller is told about. `code` is stable (`stream.camera_busy`); `message` is safe
 * for a client: it holds no credential, no SQL and no text of another system.
 */
export class AppError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    readonly kind: AppErrorKind,
    readonly code: string,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.extensions = options.extensions ?? {};
  }
}
