/**
 * What of an error is logged. Libraries hang whole requests on their errors: TypeORM the parameters of
 * the statement, Postgres the row that it refused, axios the credentials. So it is only what is named
 * here, and whatever else there is stays out.
 */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: unknown;
  readonly sqlState?: unknown;
  readonly constraint?: unknown;
}

/** @param err an error, as pino has prepared it: with its causes in message and stack */
export function loggedError(err: unknown): unknown {
  if (!isPrepared(err)) {
    return err;
  }
  const { type, message, stack, code, sqlState, constraint } = err;
  return { type, message, stack, code, sqlState, constraint };
}

function isPrepared(err: unknown): err is LoggedError {
  return typeof err === 'object' && err !== null && 'stack' in err;
}
