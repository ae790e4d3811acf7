/**
 * A client that ends itself when a query times out, on both sides.
 *
 * Here: TypeORM would hand the connection, still busy with the timed-out query, to the next caller,
 * and every later query on it would time out too. Ending a client with an active query destroys its
 * socket and takes it out of the pool.
 *
 * There: Postgres notices a closed socket only when it next writes to it. A statement that waits for
 * a lock would keep its backend until the server has none left, and then do what its caller was told
 * had failed. `statement_timeout` would end it, but PgBouncer refuses it as a start-up parameter.
 */
import { connect } from 'node:net';

import pg from 'pg';

/** Too low: a busy server misses it. Too high: sockets pile up before one that hangs. */
const CANCEL_TIMEOUT_MS = 2_000;
/** Four 32-bit numbers: length, this code, process and key, as the protocol's CancelRequest has them. */
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_REQUEST_BYTES = 16;

export class KillOnTimeoutClient extends pg.Client {
  /** What names this connection to the server; pg keeps both, and does not declare them. */
  declare private readonly processID: number | null;
  declare private readonly secretKey: number | null;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // The pool hands a client out without a listener, and its taker listens a moment later. A server
    // that shuts down in that moment would end the process; like this, the next query says it.
    this.on('error', () => undefined);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const kill = (err: unknown): void => {
      if (err instanceof Error && err.message === 'Query read timeout') {
        this.cancelOnServer();
        void this.end();
      }
    };
    this.query = ((...args: unknown[]) => {
      const callback = args.at(-1);
      if (typeof callback === 'function') {
        const done = callback as (err: unknown, result: unknown) => void;
        return query(...args.slice(0, -1), (err: unknown, result: unknown) => {
          kill(err);
          done(err, result);
        });
      }
      const result = query(...args);
      if (result instanceof Promise) {
        result.catch(kill);
      }
      return result;
    }) as typeof this.query;
  }

  /** Best effort, and never heard of again: the server closes the connection without an answer. */
  private cancelOnServer(): void {
    if (this.processID === null || this.secretKey === null) {
      return;
    }
    const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
    [CANCEL_REQUEST_BYTES, CANCEL_REQUEST_CODE, this.processID, this.secretKey].forEach(
      (value, index) => request.writeInt32BE(value, index * 4),
    );
    const socket = connect(
      this.host.startsWith('/')
        ? { path: `${this.host}/.s.PGSQL.${this.port}` }
        : { host: this.host, port: this.port },
    );
    socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.end(request);
  }
}
