/**
 * The statements of a patch: one that makes it, and one that only tells what it would do. What
 * differs, and what follows from that, is decided in one place for both.
 *
 * Labels are merged under the lock: two callers who add one each both win.
 */
import { MAX_LABELS } from '../../domain/labels.js';
import {
  type ExpectedGenerations,
  type PatchDecision,
  type PatchedField,
  type RefusedPatch,
  type StreamPatch,
} from '../../domain/ports/stream-changes.js';
import { type PatchOutcome, type PreviewOutcome } from '../../domain/ports/stream-repository.js';
import {
  type ChangeRead,
  IS_PARKED,
  type Judged,
  LOCKED,
  REFUSAL,
  answered,
  isNodeDown,
  refusalOf,
} from './active-stream.js';
import { encodeSecret } from './source-secret.js';
import { INSERT_EVENT } from './stream-event.row.js';
import { toRecord } from './stream.row.js';

/** Follows `old`. What is not given is NULL, but for the labels: $9 removes all, $10 merges. */
const DECISION = `
  wanted AS (
    SELECT *,
      coalesce($3::text, source_url) AS new_url,
      CASE WHEN $3 IS NULL THEN source_secret ELSE $4::bytea END AS new_secret,
      coalesce($5::boolean, source_has_user_info) AS new_has_user_info,
      coalesce($6::boolean, source_has_query) AS new_has_query,
      coalesce($7::boolean, on_demand) AS new_on_demand,
      coalesce($8::text, transport) AS new_transport,
      -- A null removes its label; stored labels hold none.
      jsonb_strip_nulls(CASE WHEN $9::boolean THEN '{}' ELSE labels END || $10::jsonb) AS new_labels
    FROM old
  ), compared AS (
    SELECT *,
      array_remove(ARRAY[
        CASE WHEN new_url <> source_url OR new_secret IS DISTINCT FROM source_secret
          THEN 'source' END,
        CASE WHEN new_on_demand <> on_demand THEN 'onDemand' END,
        CASE WHEN new_transport <> transport THEN 'transport' END,
        CASE WHEN new_labels <> labels THEN 'labels' END], NULL) AS changed
    FROM wanted
  ), judged AS (
    SELECT *,
      'source' = ANY(changed) AS is_source_new,
      changed && '{source,onDemand,transport}' AS has_effect,
      CASE ${REFUSAL}
        WHEN (SELECT count(*) FROM jsonb_object_keys(new_labels)) > ${MAX_LABELS}
          THEN 'too_many_labels'
        ELSE 'patched' END AS verdict
    FROM compared
  ), d AS (
    SELECT *,
      -- Only a new source, or a retry, leads out of ERROR.
      has_effect AND (is_source_new OR status <> 'ERROR') AS has_to_start,
      -- A new source un-parks by its generation; anything else leaves a parked stream parked.
      has_effect AND NOT is_source_new AND ${IS_PARKED} AS stays_parked
    FROM judged
  )`;

export const PATCH_SQL = `
  WITH old AS (${LOCKED}), ${DECISION}, s AS (
    UPDATE streams SET
      source_url = d.new_url, source_secret = d.new_secret,
      source_has_user_info = d.new_has_user_info, source_has_query = d.new_has_query,
      on_demand = d.new_on_demand, transport = d.new_transport, labels = d.new_labels,
      status = CASE WHEN d.has_to_start THEN 'STARTING' ELSE d.status END,
      reason = CASE WHEN NOT d.has_to_start THEN d.reason
        WHEN ${isNodeDown('d.node_id')} THEN 'NODE_UNREACHABLE' ELSE 'SOURCE_CHANGED' END,
      generation = d.generation + d.has_effect::int,
      parked_generation = d.parked_generation + d.stays_parked::int,
      intent_at = CASE WHEN d.has_effect THEN clock_timestamp() ELSE d.intent_at END,
      updated_at = now(), version = d.version + 1
    FROM d
    WHERE streams.id = d.id AND d.verdict = 'patched' AND d.changed <> '{}'
    RETURNING streams.*
  ), e AS (
    ${INSERT_EVENT}
    SELECT s.id, s.version, s.generation,
      CASE WHEN s.status = d.status THEN 'stream.patched' ELSE 'stream.status_changed' END,
      d.status, s.status, s.reason, 'api', now(),
      jsonb_build_object('by', 'patch', 'changed', d.changed)
    FROM s JOIN d USING (id) WHERE d.has_effect
  )
  ${answered('d.has_effect', 'd.changed')}`;

export const PREVIEW_SQL = `
  WITH old AS (SELECT * FROM streams WHERE id = $1), ${DECISION}
  SELECT verdict, generation, has_effect, changed, node_id, path FROM d`;

export function patchParameters(
  id: string,
  { source, onDemand, transport, labels }: StreamPatch,
  expected: ExpectedGenerations,
): unknown[] {
  return [
    id,
    expected,
    source?.url,
    source && encodeSecret(source.secret),
    source && source.secret.userInfo !== null,
    source && source.secret.query !== null,
    onDemand,
    transport,
    labels === null,
    JSON.stringify(labels ?? {}),
  ];
}

interface DecisionRead extends Judged {
  readonly has_effect: boolean;
  readonly changed: readonly PatchedField[];
}

export type PatchRead = ChangeRead & DecisionRead;
export type PreviewRead = DecisionRead & { readonly node_id: string; readonly path: string };

export function toPatchOutcome(row: PatchRead | undefined): PatchOutcome {
  if (row?.verdict !== 'patched') {
    return refusedPatchOf(row);
  }
  const { previous_status: previousStatus } = row;
  return { kind: 'patched', stream: toRecord(row), previousStatus, ...decisionOf(row) };
}

export function toPreviewOutcome(row: PreviewRead | undefined): PreviewOutcome {
  return row?.verdict === 'patched'
    ? { kind: 'previewed', nodeId: row.node_id, path: row.path, ...decisionOf(row) }
    : refusedPatchOf(row);
}

function refusedPatchOf(row: Judged | undefined): RefusedPatch {
  return row?.verdict === 'too_many_labels' ? { kind: 'too_many_labels' } : refusalOf(row);
}

function decisionOf({ has_effect: hasEffect, changed }: DecisionRead): PatchDecision {
  return { effect: hasEffect ? 'restart' : 'none', changed };
}
