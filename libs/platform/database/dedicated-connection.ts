import pg from 'pg';

import { KillOnTimeoutClient } from './kill-on-timeout-client.js';

export interface DedicatedConnectionOptions {
  readonly url: string;
  /** Under which the server lists it. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

/** One connection apart from the pool, opened again after a loss. */
export class DedicatedConnection {
  private readonly pool: pg.Pool;

  constructor(options: DedicatedConnectionOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: 1,
      connectionTimeoutMillis: options.connectTimeoutMs,
      query_timeout: options.queryTimeoutMs,
      keepAlive: true,
      Client: KillOnTimeoutClient,
      application_name: options.name,
    });
    // Without a listener a lost idle connection would end the process; the next query says it.
    this.pool.on('error', () => undefined);
  }

  async query<Row extends object>(sql: string, parameters: unknown[]): Promise<Row[]> {
    const result = await this.pool.query<Row>(sql, parameters);
    return result.rows;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
