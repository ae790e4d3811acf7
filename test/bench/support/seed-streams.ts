/** Streams that run, written as a start writes them, without the time that starts take. */
import { v7 as uuidv7 } from 'uuid';

import { startStatement } from '#streaming/infrastructure/postgres/stream-intents.js';
import { type NewStream } from '#streaming/domain/ports/stream-repository.js';
import { parseSourceUrl } from '#streaming/domain/source-url.js';
import { Adapters } from '#test/support/postgres/adapters.js';
import { NODE_ID, aNode } from '#test/support/postgres/builders.js';
import { type TestDatabase } from '#test/support/postgres/test-database.js';

import { cameraName, deadSource, pathName } from './paths.js';

const RUNNING_SQL = `
  UPDATE streams SET status = 'RUNNING', applied_generation = generation, started_at = now(),
    intent_at = now() - interval '1 minute'`;

export interface Seed {
  readonly count: number;
  /** Of all of them; by default each has a dead one of its own. */
  readonly source?: string;
}

/** @returns the id of the newest */
export async function seedStreams(
  database: TestDatabase,
  { count, source }: Seed,
): Promise<string> {
  const adapters = await Adapters.connect(database.url);
  await adapters.directory.upsert(aNode());
  await adapters.close();
  const connection = await database.connect();
  let newest = '';
  try {
    await connection.query('BEGIN');
    for (let index = 0; index < count; index += 1) {
      newest = uuidv7();
      const stream = aStream(newest, index, source ?? deadSource(index));
      const { sql, parameters } = startStatement(stream);
      await connection.query(sql, parameters);
    }
    await connection.query(RUNNING_SQL);
    await connection.query('COMMIT');
    await connection.query('VACUUM ANALYZE');
  } finally {
    connection.release();
  }
  return newest;
}

function aStream(id: string, index: number, url: string): NewStream {
  const parsed = parseSourceUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  return {
    id,
    cameraId: cameraName(index),
    places: [{ nodeId: NODE_ID, capacity: null }],
    path: pathName(index),
    source: parsed.source,
    onDemand: false,
    transport: 'automatic',
    labels: { floor: String(index % 10) },
  };
}
