/**
 * Saves what was observed, for any number of streams, in one statement: rows by compare-and-set on
 * their version, events only for rows that were saved. With a fence nothing is written unless that
 * very epoch of the lease is still held and has not expired by the database's own clock.
 */
import { type Fence } from '../../domain/ports/node-leases.js';
import { type SavedChange } from '../../domain/ports/stream-repository.js';
import { type AwaitedSince } from '../../domain/ports/streaming-metrics.js';
import { type StreamChange } from '../../domain/stream.js';
import { INSERT_EVENT } from './stream-event.row.js';

export const SAVE_OBSERVED_SQL = `
  WITH c AS (
    SELECT * FROM unnest(
      $1::uuid[], $2::int[], $3::text[], $4::text[], $5::int[], $6::boolean[], $7::int[],
      $8::text[], $9::text[], $10::text[], $11::int[])
    AS c(id, version, status, reason, applied_generation, removal_pending, reconnects,
      error_code, event_type, from_status, parked_generation)
  ), held AS (
    SELECT 1 FROM node_leases
    WHERE node_id = $12 AND owner = $13 AND epoch = $14::bigint AND expires_at > now()
  ), s AS (
    UPDATE streams SET
      status = c.status, reason = c.reason, applied_generation = c.applied_generation,
      parked_generation = c.parked_generation, removal_pending = c.removal_pending,
      reconnects = c.reconnects,
      last_error_code = coalesce(c.error_code, streams.last_error_code),
      last_error_at = CASE WHEN c.error_code IS NULL THEN streams.last_error_at ELSE now() END,
      started_at = CASE WHEN c.status = 'RUNNING' THEN coalesce(streams.started_at, now())
        ELSE streams.started_at END,
      updated_at = now(), version = streams.version + 1
    FROM c
    WHERE streams.id = c.id AND streams.version = c.version
      AND ($12::text IS NULL OR EXISTS (SELECT 1 FROM held))
    RETURNING streams.id, streams.version, streams.generation, streams.status, streams.reason,
      streams.node_id, streams.created_at, streams.started_at,
      c.event_type, c.from_status
  ), e AS (
    ${INSERT_EVENT}
    SELECT id, version, generation, event_type, from_status, status, reason, 'reconciler', now(), '{}'
    FROM s WHERE event_type IS NOT NULL
  )
  SELECT s.id, s.node_id,
    CASE WHEN s.started_at = now() THEN 'start' WHEN loss.at IS NOT NULL THEN 'loss' END AS since,
    (extract(epoch FROM now() - CASE WHEN s.started_at = now() THEN s.created_at ELSE loss.at END)
      * 1000)::float8 AS awaited_ms
  FROM s LEFT JOIN LATERAL (
    -- The newest time that it ceased to be RUNNING, if that was not asked for.
    SELECT last.at FROM (
      SELECT at, actor FROM stream_events
      WHERE stream_id = s.id AND from_status = 'RUNNING'
      ORDER BY version DESC LIMIT 1
    ) last WHERE last.actor = 'reconciler'
  ) loss ON s.status = 'RUNNING' AND s.from_status <> 'RUNNING'`;

export interface SavedRead {
  readonly id: string;
  readonly node_id: string;
  readonly since: AwaitedSince | null;
  readonly awaited_ms: number | null;
}

export function toSavedChange({ node_id: nodeId, since, awaited_ms: ms }: SavedRead): SavedChange {
  return { nodeId, awaited: since === null || ms === null ? null : { since, ms } };
}

export function saveObservedParameters(
  changes: readonly StreamChange[],
  fence: Fence | null,
): unknown[] {
  return [
    changes.map(({ from }) => from.id),
    changes.map(({ from }) => from.version),
    changes.map(({ to }) => to.status),
    changes.map(({ to }) => to.reason),
    changes.map(({ to }) => to.appliedGeneration),
    changes.map(({ to }) => to.removalPending),
    changes.map(({ to }) => to.reconnects),
    changes.map(({ errorCode }) => errorCode),
    changes.map(({ event }) => event?.type ?? null),
    changes.map(({ event }) => event?.fromStatus ?? null),
    changes.map(({ to }) => to.parkedGeneration),
    fence?.nodeId ?? null,
    fence?.owner ?? null,
    fence?.epoch ?? null,
  ];
}
