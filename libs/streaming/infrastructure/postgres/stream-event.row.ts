import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import { type StreamEventRecord } from '../../domain/ports/stream-repository.js';
import { type StreamStatus } from '../../domain/stream-status.js';
import { StreamRow } from './stream.row.js';

/** One change of status, or of reason within ERROR. Ordered by `version` within a stream. */
@Entity('stream_events')
@Index('ux_stream_events_version', ['streamId', 'version'], { unique: true })
@Index('ix_stream_events_at', ['at'])
export class StreamEventRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_stream_events',
  })
  seq!: string;
  // TypeORM does not know the type; the data source adds it to the driver's list.
  @Column('xid8' as 'text', { default: () => 'pg_current_xact_id()' }) xid!: string;
  @ForeignKey(() => StreamRow, { name: 'fk_stream_events_stream' })
  @Column('uuid', { name: 'stream_id' })
  streamId!: string;
  @Column('integer') version!: number;
  @Column('integer') generation!: number;
  @Column('text') type!: string;
  @Column('text', { name: 'from_status', nullable: true }) fromStatus!: StreamStatus | null;
  @Column('text', { name: 'to_status' }) toStatus!: StreamStatus;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text') actor!: string;
  @Column('timestamptz') at!: Date;
  @Column('jsonb') data!: Record<string, unknown>;
}

/** Followed by a SELECT of these columns: whoever changes a row says it in the same statement. */
export const INSERT_EVENT = `
    INSERT INTO stream_events (
      stream_id, version, generation, type, from_status, to_status, reason, actor, at, data)`;

export interface StreamEventRead {
  seq: string;
  at: Date;
  type: string;
  from_status: StreamStatus | null;
  to_status: StreamStatus;
  reason: string | null;
  generation: number;
  version: number;
  data: Record<string, unknown>;
}

export function toEventRecord(row: StreamEventRead): StreamEventRecord {
  return {
    seq: row.seq,
    at: row.at,
    type: row.type,
    fromStatus: row.from_status,
    toStatus: row.to_status,
    reason: row.reason,
    generation: row.generation,
    version: row.version,
    data: row.data,
  };
}
