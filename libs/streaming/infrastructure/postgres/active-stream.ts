/**
 * What the statements share that change an active stream. Each is one statement: it locks the row,
 * judges and decides by the row as it is then, writes row and event, and answers the verdict with
 * the row as it is afterwards, written or not.
 */
import { type RefusedChange } from '../../domain/ports/stream-changes.js';
import { type StreamStatus } from '../../domain/stream-status.js';
import { STREAM_READ_COLUMNS, STREAM_READ_JOINS, type StreamRead } from './stream.row.js';

/** $1: the id. */
export const LOCKED = `SELECT * FROM streams WHERE id = $1 FOR UPDATE`;

/** $2: the generations that are expected; NULL compares as unknown, and so lets any pass. */
export const REFUSAL = `
  WHEN desired = 'STOPPED' THEN 'stopped'
  WHEN generation <> ALL($2::int[]) THEN 'stale'`;

/** Its path is taken out of the node, since the camera has refused the password of this generation. */
export const IS_PARKED = `parked_generation IS NOT DISTINCT FROM generation`;

/** As its lease holder wrote it down; NULL when nobody has. */
export function isNodeDown(nodeId: string): string {
  return `(SELECT NOT (conditions ->> 'isReachable')::boolean FROM node_leases
    WHERE node_id = ${nodeId})`;
}

/** `d` is the row as it was locked, with the verdict and these columns; `s` what was written of it. */
export function answered(...columns: string[]): string {
  return `
  SELECT ${['d.verdict', 'd.status AS previous_status', ...columns].join(', ')},
    ${STREAM_READ_COLUMNS}
  FROM (SELECT * FROM s UNION ALL SELECT * FROM old WHERE NOT EXISTS (SELECT FROM s)) s
  JOIN d ON d.id = s.id ${STREAM_READ_JOINS}`;
}

export interface Judged {
  readonly verdict: string;
  readonly generation: number;
}

export type ChangeRead = StreamRead & Judged & { readonly previous_status: StreamStatus };

/** Of a row whose verdict is none of success. */
export function refusalOf(row: Judged | undefined): RefusedChange {
  if (row === undefined) {
    return { kind: 'not_found' };
  }
  return row.verdict === 'stopped'
    ? { kind: 'stopped' }
    : { kind: 'stale', generation: row.generation };
}
