/**
 * The statements of start, retry and stop: row and event in one, so that neither exists without the
 * other.
 */
import {
  type NewStream,
  type RetryOutcome,
  type StopOutcome,
} from '../../domain/ports/stream-repository.js';
import {
  type ChangeRead,
  IS_PARKED,
  LOCKED,
  REFUSAL,
  answered,
  isNodeDown,
  refusalOf,
} from './active-stream.js';
import { PLACE, onlyPlace, placeParameters } from './placement.js';
import { encodeSecret } from './source-secret.js';
import { INSERT_EVENT } from './stream-event.row.js';
import { STREAM_READ_COLUMNS, STREAM_READ_JOINS, toRecord } from './stream.row.js';

/**
 * Answers no row when the camera, or its path, is busy: the partial unique indexes decide, not a
 * check before. Nor when there is no place. A node that is known to be down is said at once.
 * @param nodeId how the statement names it @param from where it has it from
 */
const startSql = (nodeId: string, from: string, before: string): string => `
  WITH ${before} s AS (
    INSERT INTO streams (
      id, camera_id, node_id, path, source_url, source_secret, source_has_user_info,
      source_has_query, on_demand, transport, labels, desired, status, reason, generation,
      applied_generation, removal_pending, reconnects, created_at, intent_at, updated_at, version)
    SELECT $1, $2, ${nodeId}, $4, $5, $6, $7, $8, $9, $10, $11, 'RUNNING', 'STARTING',
      CASE WHEN ${isNodeDown(nodeId)} THEN 'NODE_UNREACHABLE' END,
      1, 0, false, 0, now(), clock_timestamp(), now(), 1
    ${from}
    ON CONFLICT DO NOTHING
    RETURNING *
  ), e AS (
    ${INSERT_EVENT}
    SELECT id, version, generation, 'stream.status_changed', NULL, status, reason, 'api', now(), '{}'
    FROM s
  )
  SELECT ${STREAM_READ_COLUMNS} FROM s ${STREAM_READ_JOINS}`;

const START_SQL = startSql('$3', '', '');
const PLACED_START_SQL = startSql('place.id', 'FROM place', `place AS (${PLACE}),`);

export function startStatement(stream: NewStream): { sql: string; parameters: unknown[] } {
  const nodeId = onlyPlace(stream.places);
  if (nodeId !== null) {
    return { sql: START_SQL, parameters: startParameters(stream, nodeId) };
  }
  const [ids, capacities] = placeParameters(stream.places);
  return { sql: PLACED_START_SQL, parameters: [...startParameters(stream, ids), capacities] };
}

/** @param nodes the node, or those to choose from */
function startParameters(stream: NewStream, nodes: string | string[]): unknown[] {
  const { url, secret } = stream.source;
  return [
    stream.id,
    stream.cameraId,
    nodes,
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

/** STARTING from whatever it was; one that is STARTING keeps its reason, unless its node is down. */
export const RETRY_SQL = `
  WITH old AS (${LOCKED}), d AS (
    SELECT *,
      CASE ${REFUSAL} ELSE 'retried' END AS verdict,
      ${IS_PARKED} AS was_parked
    FROM old
  ), s AS (
    UPDATE streams SET
      status = 'STARTING',
      reason = CASE WHEN ${isNodeDown('d.node_id')} THEN 'NODE_UNREACHABLE'
        WHEN d.status = 'RUNNING' THEN 'RECONNECTING'
        WHEN d.status = 'STARTING' THEN d.reason END,
      generation = d.generation + 1, version = d.version + 1,
      intent_at = clock_timestamp(), updated_at = now()
    FROM d
    WHERE streams.id = d.id AND d.verdict = 'retried'
    RETURNING streams.*
  ), e AS (
    ${INSERT_EVENT}
    SELECT s.id, s.version, s.generation,
      CASE WHEN s.status = d.status THEN 'stream.retried' ELSE 'stream.status_changed' END,
      d.status, s.status, s.reason, 'api', now(), '{"by":"retry"}'
    FROM s JOIN d USING (id)
  )
  ${answered('d.was_parked')}`;

export type RetryRead = ChangeRead & { readonly was_parked: boolean };

export function toRetryOutcome(row: RetryRead | undefined): RetryOutcome {
  if (row?.verdict !== 'retried') {
    return refusalOf(row);
  }
  const { previous_status: previousStatus, was_parked: wasParked } = row;
  return { kind: 'retried', stream: toRecord(row), previousStatus, wasParked };
}

/** Whoever stops what is stopped already has what he wants, whatever he expected. */
export const STOP_SQL = `
  WITH old AS (${LOCKED}), d AS (
    SELECT *, CASE ${REFUSAL} ELSE 'now stopped' END AS verdict FROM old
  ), s AS (
    UPDATE streams SET
      desired = 'STOPPED', status = 'STOPPED', reason = 'REMOVAL_PENDING', removal_pending = true,
      generation = d.generation + 1, version = d.version + 1,
      stopped_at = now(), intent_at = clock_timestamp(), updated_at = now()
    FROM d
    WHERE streams.id = d.id AND d.verdict = 'now stopped'
    RETURNING streams.*
  ), e AS (
    ${INSERT_EVENT}
    SELECT s.id, s.version, s.generation, 'stream.status_changed', d.status, s.status, s.reason,
      'api', now(), '{}'
    FROM s JOIN d USING (id)
  )
  ${answered()}`;

export function toStopOutcome(row: ChangeRead | undefined): StopOutcome {
  if (row === undefined) {
    return { kind: 'not_found' };
  }
  return row.verdict === 'stale'
    ? { kind: 'stale', generation: row.generation }
    : {
        kind: 'stopped',
        stream: toRecord(row),
        previousStatus: row.previous_status,
        hasStopped: row.verdict === 'now stopped',
      };
}
