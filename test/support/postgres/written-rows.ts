/**
 * Which rows were inserted or updated: each version of a row carries the transaction that wrote it,
 * at once and exactly, while Postgres's own statistics arrive late.
 */
import { type TestDatabase } from './test-database.js';

const ROWS = `
  SELECT 'streams ' || id || ' ' || xmin::text AS written FROM streams
  UNION ALL SELECT 'stream_events ' || seq || ' ' || xmin::text FROM stream_events`;

export class WrittenRows {
  private constructor(
    private readonly database: TestDatabase,
    private readonly before: ReadonlySet<string>,
  ) {}

  static async since(database: TestDatabase): Promise<WrittenRows> {
    return new WrittenRows(database, new Set(await rows(database)));
  }

  async count(): Promise<number> {
    return (await rows(this.database)).filter((row) => !this.before.has(row)).length;
  }
}

async function rows(database: TestDatabase): Promise<string[]> {
  return (await database.query<{ written: string }>(ROWS)).map(({ written }) => written);
}
