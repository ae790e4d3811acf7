/** The statements that only read. */
import { MAX_STATUS_CHANGES, type StatusChange } from '../../domain/connection-quality.js';
import {
  type StreamDetails,
  type StreamFilter,
  type StreamPage,
} from '../../domain/ports/stream-repository.js';
import {
  STREAM_READ_COLUMNS,
  STREAM_READ_JOINS,
  STREAM_STATE_COLUMNS,
  type StreamRead,
  toRecord,
} from './stream.row.js';

export const FIND_SQL = `
  SELECT ${STREAM_READ_COLUMNS} FROM streams s ${STREAM_READ_JOINS} WHERE s.id = $1`;

/** What somebody asked for is marked by `by`; `at` of all events is the database's own clock. */
export const DETAILS_SQL = `
  SELECT ${STREAM_READ_COLUMNS}, (
    SELECT coalesce(json_agg(json_build_object(
      'fromStatus', from_status, 'toStatus', to_status, 'isAsked', data ? 'by', 'at', at,
      'ageMs', greatest(0, extract(epoch FROM now() - at) * 1000)) ORDER BY version), '[]')
    FROM (
      SELECT version, from_status, to_status, data, at FROM stream_events
      WHERE stream_id = s.id AND type = 'stream.status_changed'
      ORDER BY version DESC LIMIT ${MAX_STATUS_CHANGES}
    ) newest
  ) AS changes
  FROM streams s ${STREAM_READ_JOINS} WHERE s.id = $1`;

export type DetailsRead = StreamRead & {
  changes: (Omit<StatusChange, 'at'> & { at: string })[];
};

export function toDetails({ changes, ...row }: DetailsRead): StreamDetails {
  return {
    stream: toRecord(row),
    changes: changes.map((change) => ({ ...change, at: new Date(change.at) })),
  };
}

export const ACTIVE_ID_SQL = `
  SELECT id FROM streams WHERE camera_id = $1 AND desired = 'RUNNING'`;

/**
 * "Newest" puts an active row first: ids come from the clocks of replicas, and one that is behind
 * must not make a stopped stream outlive the active one of its path.
 */
export const INTENT_SQL = `
  SELECT ${STREAM_STATE_COLUMNS}, s.source_url, s.source_secret, s.transport
  FROM streams s WHERE s.node_id = $1 AND s.path = $2
  ORDER BY s.desired = 'RUNNING' DESC, s.id DESC LIMIT 1`;

export const WORKING_SET_SQL = `
  SELECT ${STREAM_STATE_COLUMNS} FROM streams s
  WHERE s.node_id = $1 AND (s.desired = 'RUNNING' OR s.removal_pending)
    AND (s.intent_at <= clock_timestamp() - $2 * interval '1 millisecond'
      -- The server's clock was set back: what lies in its future is old all the same.
      OR s.intent_at > clock_timestamp())`;

export const WANTED_SPECS_SQL = `
  SELECT s.id, s.camera_id, s.path, s.generation, s.source_url, s.source_secret, s.transport, s.on_demand
  FROM streams s
  WHERE s.node_id = $1 AND s.desired = 'RUNNING'
    AND s.parked_generation IS DISTINCT FROM s.generation`;

export const APPLIED_SPECS_SQL = `${WANTED_SPECS_SQL} AND s.applied_generation = s.generation`;

export const INTENT_AGES_SQL = `
  SELECT id, extract(epoch FROM clock_timestamp() - intent_at)::float8 * 1000 AS age_ms
  FROM streams WHERE id = ANY($1::uuid[])`;

export const NEWEST_DESIRED_SQL = `
  SELECT DISTINCT ON (path) path, desired FROM streams
  WHERE node_id = $1 AND path = ANY($2) ORDER BY path, desired = 'RUNNING' DESC, id DESC`;

export const EVENTS_SQL = `
  SELECT seq, at, type, from_status, to_status, reason, generation, version, data
  FROM stream_events
  WHERE stream_id = $1 AND version < coalesce($2::int, 2147483647)
  ORDER BY version DESC LIMIT $3`;

export const EXISTS_SQL = `SELECT 1 FROM streams WHERE id = $1`;

/** Keyset by id, which is a UUIDv7: newest first without an OFFSET. */
export function listQuery(
  filter: StreamFilter,
  page: StreamPage,
): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const where = (condition: string, value: unknown): string[] => {
    if (value === undefined || value === null) {
      return [];
    }
    parameters.push(value);
    return [condition.replace('?', `$${parameters.length}`)];
  };
  const conditions = [
    ...where('s.id < ?', page.beforeId),
    ...where('s.status = ?', filter.status),
    // Follows from the status, and lets a few active streams be found among all that ever were.
    ...(filter.status === undefined || filter.status === 'STOPPED'
      ? []
      : [`s.desired = 'RUNNING'`]),
    ...where('s.camera_id = ?', filter.cameraId),
    ...where('s.labels @> ?::jsonb', filter.labels && JSON.stringify(filter.labels)),
  ];
  parameters.push(page.limit);
  return {
    sql: `SELECT ${STREAM_READ_COLUMNS} FROM streams s ${STREAM_READ_JOINS}
      ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
      ORDER BY s.id DESC LIMIT $${parameters.length}`,
    parameters,
  };
}
