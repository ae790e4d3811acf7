/**
 * The pool, with Postgres's failures named: what means "not now" becomes `DatabaseUnavailable`, so
 * that a caller gets a 503 and a job backs off; everything else is a fault in our SQL.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AppError } from '#kernel/app-error.js';

export class DatabaseUnavailable extends AppError {
  constructor(cause: unknown) {
    super(
      'unavailable',
      'database.unavailable',
      'The database cannot be used right now. Nothing was lost; try again in a few seconds.',
      { cause },
    );
  }
}

/**
 * SQLSTATE classes that pass by themselves or by an operator: connection (08), transaction mode (25),
 * rollback (40), resources (53), object in use (55), operator (57), system (58).
 */
const PASSING = new Set(['08', '25', '40', '53', '55', '57', '58']);

@Injectable()
export class Database {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DatabaseUnavailable */
  async query<Row extends object>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      return await this.dataSource.query<Row[]>(sql, [...parameters]);
    } catch (cause) {
      throw isPassing(cause) ? new DatabaseUnavailable(cause) : cause;
    }
  }
}

/** What has no SQLSTATE never reached the server, or lost it: refused, reset, timed out. */
function isPassing(cause: unknown): boolean {
  const sqlState = sqlStateOf(cause);
  return sqlState === null || PASSING.has(sqlState.slice(0, 2));
}

function sqlStateOf(cause: unknown): string | null {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
