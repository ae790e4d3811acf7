/**
 * The pool, with Postgres's failures named: what means "not now" becomes `DatabaseUnavailable`, so
 * that a caller gets a 503 and a job backs off; everything else is a fault in our SQL.
 */
import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';

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

/** Stands for an error that carries the statement's parameters, and with them a source's secret. */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';

  constructor(
    readonly sqlState: string,
    readonly constraint: string | undefined,
    cause: unknown,
  ) {
    super('a statement failed', { cause });
  }
}

/**
 * SQLSTATE classes that pass by themselves or by an operator: connection (08), transaction mode (25),
 * authorization (28), database name (3D), rollback (40), resources (53), object in use (55),
 * operator (57), system (58).
 */
const PASSING = new Set(['08', '25', '28', '3D', '40', '53', '55', '57', '58']);

@Injectable()
export class Database {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DatabaseUnavailable, StatementFailed */
  async query<Row extends object>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      return await this.dataSource.query<Row[]>(sql, [...parameters]);
    } catch (thrown) {
      throw named(thrown instanceof QueryFailedError ? (thrown.driverError as unknown) : thrown);
    }
  }
}

/** What the server did not say itself never reached it, or lost it: refused, reset, timed out. */
function named(cause: unknown): Error {
  if (!(cause instanceof pg.DatabaseError) || cause.code === undefined) {
    return new DatabaseUnavailable(cause);
  }
  return PASSING.has(cause.code.slice(0, 2))
    ? new DatabaseUnavailable(cause)
    : new StatementFailed(cause.code, cause.constraint, cause);
}
