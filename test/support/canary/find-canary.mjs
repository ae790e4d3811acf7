import { Buffer } from 'node:buffer';
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';

import { CANARY } from './canary.mjs';

/** Of the run, but those of the server itself. */
const DATABASES = `SELECT datname FROM pg_database
  WHERE NOT datistemplate AND (datname LIKE 'test_%' OR datname LIKE 'empty_%')`;
const TABLES = `SELECT format('%I.%I', schemaname, tablename) AS name, tablename FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`;
/** As bytes are shown as text. */
const HEX = Buffer.from(CANARY).toString('hex');

/** Ends each text that `keepSaid` has kept. */
const END = '\x1e';
const KINDS = ['log', 'answers', 'metrics'];

/**
 * @param databases by default all of the run
 * @returns how much was searched, by kind, and each place where the secret stands
 */
export async function findCanary(folder, postgres, databases) {
  const searched = { log: 0, answers: 0, metrics: 0, tables: 0, rows: 0, events: 0 };
  const hits = [];
  for (const name of readdirSync(folder)) {
    const { texts, isHit } = await searchFile(path.join(folder, name));
    searched[KINDS.find((kind) => name.startsWith(kind))] += texts;
    if (isHit) hits.push(path.join(folder, name));
  }
  const names = (await postgres.query(DATABASES)).map(({ datname }) => datname);
  for (const database of databases ?? names) {
    for (const { place, table, rows, hits: found } of await searchTables(postgres, database)) {
      searched.tables += 1;
      searched.rows += rows;
      if (table === 'stream_events') searched.events += rows;
      if (found > 0) hits.push(`${database}.${place}`);
    }
  }
  return { searched, hits };
}

/** For people. */
export function sumOf({ log, answers, metrics, tables, rows, events }) {
  return `${log} logs, ${answers} answers, ${metrics} scrapes and ${rows} rows of ${tables} tables (${events} events)`;
}

/** The column of the secret itself aside. */
async function searchTables(postgres, database) {
  const tables = await postgres.query(TABLES, database);
  if (tables.length === 0) return [];
  const sql = tables.map(
    ({ name, tablename }) => `
      SELECT '${name}' AS place, '${tablename}' AS table, count(*)::int AS rows,
        count(*) FILTER (WHERE text LIKE '%${CANARY}%' OR text LIKE '%${HEX}%')::int AS hits
      FROM ${name} t, LATERAL (SELECT (to_jsonb(t) - 'source_secret')::text AS text) x`,
  );
  return postgres.query(sql.join(' UNION ALL '), database);
}

/** Piece by piece: what an hour of chaos was answered does not fit into one string. */
async function searchFile(file) {
  let [last, texts, isHit] = ['', 0, false];
  for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    texts += piece.split(END).length - 1;
    const text = last + piece;
    isHit ||= text.includes(CANARY);
    last = text.slice(1 - CANARY.length);
  }
  return { texts, isHit };
}
