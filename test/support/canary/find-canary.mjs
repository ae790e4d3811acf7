import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';

import { CANARY } from './canary.mjs';

/** Every database of the run but those of the server itself; the secret's own column aside. */
const DATABASES = `SELECT datname FROM pg_database WHERE NOT datistemplate AND datname LIKE 'test_%'`;
const ROWS = `
  SELECT 'stream_events' AS place, count(*)::int AS hits FROM stream_events e WHERE e::text LIKE '%${CANARY}%'
  UNION ALL SELECT 'node_leases', count(*)::int FROM node_leases l WHERE l::text LIKE '%${CANARY}%'
  UNION ALL SELECT 'nodes', count(*)::int FROM nodes n WHERE n::text LIKE '%${CANARY}%'
  UNION ALL SELECT 'streams', count(*)::int FROM streams s
    WHERE (to_jsonb(s) - 'source_secret')::text LIKE '%${CANARY}%'`;

/** @returns what was searched, and each place where the secret stands */
export async function findCanary(folder, postgres) {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  const hits = [];
  for (const file of files) if (await holdsCanary(file)) hits.push(file);
  let searched = files.length;
  for (const { datname } of await postgres.query(DATABASES)) {
    const places = await postgres.query(ROWS, datname);
    searched += places.length;
    hits.push(...places.filter((row) => row.hits > 0).map((row) => `${datname}.${row.place}`));
  }
  return { searched, hits };
}

/** Piece by piece: what an hour of chaos was answered does not fit into one string. */
async function holdsCanary(file) {
  let last = '';
  for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = last + piece;
    if (text.includes(CANARY)) return true;
    last = text.slice(1 - CANARY.length);
  }
  return false;
}
