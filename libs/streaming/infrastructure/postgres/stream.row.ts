import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import { type LastError, type StreamRecord } from '../../domain/ports/stream-repository.js';
import { type PlaybackBases } from '../../domain/camera-path.js';
import { type Desired, type StreamStatus, type Transport } from '../../domain/stream-status.js';
import { LOOK_AGE_MS } from './node-lease.row.js';
import { NodeRow } from './node.row.js';

/** Mirrors the table for the schema check; it is read and written as raw rows. */
@Entity('streams')
@Check('ck_streams_desired', `desired IN ('RUNNING', 'STOPPED')`)
@Check('ck_streams_status', `status IN ('STOPPED', 'STARTING', 'RUNNING', 'ERROR')`)
@Check('ck_streams_stopped', `(desired = 'STOPPED') = (status = 'STOPPED')`)
@Index('ux_streams_active_camera', ['cameraId'], { unique: true, where: `desired = 'RUNNING'` })
@Index('ux_streams_active_path', ['nodeId', 'path'], {
  unique: true,
  where: `desired = 'RUNNING'`,
})
@Index('ix_streams_work', ['nodeId'], { where: `desired = 'RUNNING' OR removal_pending` })
@Index('ix_streams_camera', { synchronize: false })
@Index('ix_streams_path', { synchronize: false })
@Index('ix_streams_labels', { synchronize: false })
export class StreamRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_streams' }) id!: string;
  @Column('text', { name: 'camera_id' }) cameraId!: string;
  @ForeignKey(() => NodeRow, { name: 'fk_streams_node' })
  @Column('text', { name: 'node_id' })
  nodeId!: string;
  @Column('text') path!: string;
  @Column('text', { name: 'source_url' }) sourceUrl!: string;
  @Column('bytea', { name: 'source_secret', nullable: true }) sourceSecret!: Buffer | null;
  @Column('boolean', { name: 'source_has_user_info' }) sourceHasUserInfo!: boolean;
  @Column('boolean', { name: 'source_has_query' }) sourceHasQuery!: boolean;
  @Column('text', { name: 'key_id', nullable: true }) keyId!: string | null;
  @Column('boolean', { name: 'on_demand' }) onDemand!: boolean;
  @Column('text') transport!: Transport;
  @Column('jsonb') labels!: Record<string, string>;
  @Column('text') desired!: Desired;
  @Column('text') status!: StreamStatus;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text', { name: 'last_error_code', nullable: true }) lastErrorCode!: string | null;
  @Column('text', { name: 'last_error_detail', nullable: true }) lastErrorDetail!: string | null;
  @Column('timestamptz', { name: 'last_error_at', nullable: true }) lastErrorAt!: Date | null;
  @Column('integer') generation!: number;
  @Column('integer', { name: 'applied_generation' }) appliedGeneration!: number;
  @Column('integer', { name: 'parked_generation', nullable: true }) parkedGeneration!:
    number | null;
  @Column('boolean', { name: 'removal_pending' }) removalPending!: boolean;
  @Column('integer') reconnects!: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'stopped_at', nullable: true }) stoppedAt!: Date | null;
  @Column('timestamptz', { name: 'intent_at' }) intentAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
  @Column('integer') version!: number;
}

/** What a read selects: the row without its secret, its node's bases, the age of the last look. */
export interface StreamRead {
  id: string;
  camera_id: string;
  node_id: string;
  path: string;
  source_url: string;
  source_has_user_info: boolean;
  source_has_query: boolean;
  on_demand: boolean;
  transport: Transport;
  labels: Record<string, string>;
  desired: Desired;
  status: StreamStatus;
  reason: string | null;
  last_error_code: string | null;
  last_error_at: Date | null;
  removal_pending: boolean;
  reconnects: number;
  generation: number;
  created_at: Date;
  started_at: Date | null;
  stopped_at: Date | null;
  updated_at: Date;
  playback_urls: PlaybackBases;
  last_look_ok_at: Date | null;
  look_age_ms: number | null;
}

/** `s` is the stream, `n` its node, `l` the node's lease. */
export const STREAM_READ_COLUMNS = `
  s.id, s.camera_id, s.node_id, s.path, s.source_url,
  s.source_has_user_info, s.source_has_query,
  s.on_demand, s.transport, s.labels, s.desired, s.status, s.reason,
  s.last_error_code, s.last_error_at, s.removal_pending, s.reconnects, s.generation,
  s.created_at, s.started_at, s.stopped_at, s.updated_at,
  n.playback_urls, l.last_look_ok_at,
  ${LOOK_AGE_MS}`;

export const STREAM_READ_JOINS = `
  JOIN nodes n ON n.id = s.node_id LEFT JOIN node_leases l ON l.node_id = s.node_id`;

export function toRecord(row: StreamRead): StreamRecord {
  return {
    id: row.id,
    cameraId: row.camera_id,
    nodeId: row.node_id,
    path: row.path,
    sourceUrl: row.source_url,
    hasUserInfo: row.source_has_user_info,
    hasQuery: row.source_has_query,
    onDemand: row.on_demand,
    transport: row.transport,
    labels: row.labels,
    desired: row.desired,
    status: row.status,
    reason: row.reason,
    lastError: toLastError(row),
    removalPending: row.removal_pending,
    reconnects: row.reconnects,
    generation: row.generation,
    createdAt: row.created_at,
    startedAt: row.started_at,
    stoppedAt: row.stopped_at,
    updatedAt: row.updated_at,
    observedAt: row.last_look_ok_at,
    lookAgeMs: row.look_age_ms,
    playback: row.playback_urls,
  };
}

function toLastError({ last_error_code: code, last_error_at: at }: StreamRead): LastError | null {
  return code === null || at === null ? null : { code, at };
}

/**
 * A `StreamState` as it is, without another copy of each: a tick reads all of a site. `s` is the
 * stream.
 */
export const STREAM_STATE_COLUMNS = `
  s.id, s.camera_id AS "cameraId", s.path, s.on_demand AS "onDemand", s.desired, s.status, s.reason,
  s.generation, s.applied_generation AS "appliedGeneration",
  s.parked_generation AS "parkedGeneration", s.removal_pending AS "removalPending", s.reconnects,
  s.version`;
