/**
 * The statements of start and stop: row and event in one, so that neither exists without the other.
 */
import { type NewStream } from '../../domain/ports/stream-repository.js';
import { encodeSecret } from './source-secret.js';
import { INSERT_EVENT } from './stream-event.row.js';
import { STREAM_READ_COLUMNS, STREAM_READ_JOINS } from './stream.row.js';

/**
 * Answers no row when the camera, or its path, is busy: the partial unique indexes decide, not a
 * check before. A node that is known to be down is said at once.
 */
export const START_SQL = `
  WITH s AS (
    INSERT INTO streams (
      id, camera_id, node_id, path, source_url, source_secret, source_has_user_info,
      source_has_query, on_demand, transport, labels, desired, status, reason, generation,
      applied_generation, removal_pending, reconnects, created_at, intent_at, updated_at, version)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'RUNNING', 'STARTING',
      (SELECT CASE WHEN NOT (conditions ->> 'isReachable')::boolean THEN 'NODE_UNREACHABLE' END
       FROM node_leases WHERE node_id = $3),
      1, 0, false, 0, now(), clock_timestamp(), now(), 1
    ON CONFLICT DO NOTHING
    RETURNING *
  ), e AS (
    ${INSERT_EVENT}
    SELECT id, version, generation, 'stream.status_changed', NULL, status, reason, 'api', now(), '{}'
    FROM s
  )
  SELECT ${STREAM_READ_COLUMNS} FROM s ${STREAM_READ_JOINS}`;

export function startParameters(stream: NewStream): unknown[] {
  const { url, secret } = stream.source;
  return [
    stream.id,
    stream.cameraId,
    stream.nodeId,
    stream.path,
    url,
    encodeSecret(secret),
    secret.userInfo !== null,
    secret.query !== null,
    stream.onDemand,
    stream.transport,
    JSON.stringify(stream.labels),
  ];
}

/** Answers no row when the stream is unknown or stopped already. */
export const STOP_SQL = `
  WITH old AS (
    SELECT id, status FROM streams WHERE id = $1 AND desired = 'RUNNING' FOR UPDATE
  ), s AS (
    UPDATE streams SET
      desired = 'STOPPED', status = 'STOPPED', reason = 'REMOVAL_PENDING', removal_pending = true,
      generation = generation + 1, version = version + 1,
      stopped_at = now(), intent_at = clock_timestamp(), updated_at = now()
    WHERE id = (SELECT id FROM old)
    RETURNING *
  ), e AS (
    ${INSERT_EVENT}
    SELECT s.id, s.version, s.generation, 'stream.status_changed', old.status, s.status, s.reason,
      'api', now(), '{}'
    FROM s JOIN old USING (id)
  )
  SELECT ${STREAM_READ_COLUMNS} FROM s ${STREAM_READ_JOINS}`;
