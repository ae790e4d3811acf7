import { Column, Entity, PrimaryColumn } from 'typeorm';

import { type PlaybackBases } from '../../domain/camera-path.js';

/** A node, upserted from the configuration at start; holds no credential. */
@Entity('nodes')
export class NodeRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_nodes' }) id!: string;
  @Column('text', { name: 'api_url' }) apiUrl!: string;
  @Column('jsonb', { name: 'playback_urls' }) playbackUrls!: PlaybackBases;
  /** Null: without a limit. */
  @Column('integer', { name: 'max_paths', nullable: true }) maxPaths!: number | null;
  @Column('boolean', { name: 'has_agent', default: false }) hasAgent!: boolean;
  /** Until then, paths that the database does not know may be removed, however many they are. */
  @Column('timestamptz', { name: 'adopted_until', nullable: true }) adoptedUntil!: Date | null;
}
