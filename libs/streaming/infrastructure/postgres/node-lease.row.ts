import { Column, Entity, PrimaryColumn } from 'typeorm';

import { type NodeConditions } from '../../domain/ports/node-leases.js';

/** How old the last good look of a node is, in ms and by the server's clock; `l` is its lease. */
export const LOOK_AGE_MS = `
  (extract(epoch FROM now() - l.last_look_ok_at) * 1000)::float8 AS look_age_ms`;

/** Who may act for a node, until when, and what the holder knows of it. */
@Entity('node_leases')
export class NodeLeaseRow {
  @PrimaryColumn('text', { name: 'node_id', primaryKeyConstraintName: 'pk_node_leases' })
  nodeId!: string;
  @Column('text') owner!: string;
  @Column('bigint') epoch!: string;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'last_look_ok_at', nullable: true }) lastLookOkAt!: Date | null;
  @Column('jsonb') conditions!: NodeConditions | Record<string, never>;
}
