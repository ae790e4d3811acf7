import { Column, Entity, PrimaryColumn } from 'typeorm';

import { type PlaybackBases } from '../../domain/camera-path.js';

/** A node, upserted from the configuration at start; holds no credential. */
@Entity('nodes')
export class NodeRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_nodes' }) id!: string;
  @Column('text', { name: 'api_url' }) apiUrl!: string;
  @Column('jsonb', { name: 'playback_urls' }) playbackUrls!: PlaybackBases;
  @Column('integer', { name: 'max_paths' }) maxPaths!: number;
  /** Until then, paths that the database does not know may be removed, however many they are. */
  @Column('timestamptz', { name: 'adopted_until', nullable: true }) adoptedUntil!: Date | null;
}
