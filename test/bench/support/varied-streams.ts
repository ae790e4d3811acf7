/** A site with a past: streams in many states, and those that were stopped long ago. */
import { Reason } from '#streaming/domain/reason.js';
import { NODE_ID } from '#test/support/postgres/builders.js';
import { type TestDatabase } from '#test/support/postgres/test-database.js';

/** Of each stream that runs, as it would have been started and stopped before. */
const HISTORY_SQL = `
  INSERT INTO streams SELECT (jsonb_populate_record(s, jsonb_build_object(
    'id', gen_random_uuid(), 'desired', 'STOPPED', 'status', 'STOPPED', 'stopped_at', now()))).*
  FROM streams s CROSS JOIN generate_series(1, $1)`;

/** Nine of ten run well. Written after the VACUUM: what changes now and then is not all frozen. */
const REASONS_SQL = `
  UPDATE streams SET status = 'ERROR', reason = ($1::text[])[1 + n % cardinality($1::text[])]
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM streams WHERE desired = 'RUNNING') nth
  WHERE streams.id = nth.id AND n % 10 = 0`;

const SPREAD_SQL = `
  UPDATE streams SET node_id = ($1::text[])[1 + n % cardinality($1::text[])]
  FROM (SELECT id, row_number() OVER () AS n FROM streams WHERE desired = 'RUNNING') nth
  WHERE streams.id = nth.id`;

/** Held by nobody who is there: the streams stay as they are written here. */
const HELD_SQL = `
  INSERT INTO node_leases AS l (node_id, owner, epoch, expires_at, last_look_ok_at, conditions)
  SELECT id, 'bench', 1, now() + interval '100 s', now(), '{"isReachable": true}' FROM nodes
  ON CONFLICT (node_id) DO UPDATE SET owner = 'bench', epoch = l.epoch + 1,
    expires_at = now() + interval '100 s', last_look_ok_at = now(), conditions = excluded.conditions`;

/** @param stopped for each stream that runs */
export async function addHistory(database: TestDatabase, stopped: number): Promise<void> {
  await database.query(HISTORY_SQL, [stopped]);
  await database.query('VACUUM ANALYZE');
  await database.query(REASONS_SQL, [Object.values(Reason)]);
}

/** For 100 s. */
export async function holdNodes(database: TestDatabase): Promise<void> {
  await database.query(HELD_SQL);
}

/** @param nodeIds of nodes that are known; the first is that of all streams until now */
export async function spread(database: TestDatabase, nodeIds: readonly string[]): Promise<void> {
  await database.query(SPREAD_SQL, [nodeIds]);
}

export const nodeIds = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? NODE_ID : `node-${index + 1}`));
