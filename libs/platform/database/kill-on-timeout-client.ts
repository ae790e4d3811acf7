import pg from 'pg';

/**
 * A client that destroys its socket when a query times out. TypeORM would hand the connection, still
 * busy with the timed-out query, to the next caller, and every later query on it would time out too.
 */
export class KillOnTimeoutClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const kill = (err: unknown): void => {
      if (err instanceof Error && err.message === 'Query read timeout') {
        this.connectionStream()?.destroy();
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

  private connectionStream(): { destroy(): void } | undefined {
    return (this as unknown as { connection?: { stream?: { destroy(): void } } }).connection
      ?.stream;
  }
}
