import { Injectable } from '@nestjs/common';

import { Database } from '#platform/database/database.js';

import { type PlaybackBases } from '../../domain/camera-path.js';
import {
  type ListedNode,
  type NodeDescription,
  NodeDirectory,
} from '../../domain/ports/node-directory.js';

/** Writes nothing when nothing changed. */
const UPSERT_SQL = `
  INSERT INTO nodes (id, api_url, playback_urls, max_paths, has_agent) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET
    api_url = $2, playback_urls = $3, max_paths = $4, has_agent = $5
  WHERE (nodes.api_url, nodes.playback_urls, nodes.max_paths, nodes.has_agent)
    IS DISTINCT FROM ($2, $3::jsonb, $4::int, $5::boolean)`;

const LIST_SQL = `
  SELECT n.id, n.playback_urls, n.max_paths, n.has_agent, u.streams, u.active
  FROM nodes n CROSS JOIN LATERAL (
    SELECT count(*)::int AS streams, (count(*) FILTER (WHERE desired = 'RUNNING'))::int AS active
    FROM streams WHERE node_id = n.id AND (desired = 'RUNNING' OR removal_pending)
  ) u ORDER BY n.id COLLATE "C"`;

interface ListRow {
  id: string;
  playback_urls: PlaybackBases;
  max_paths: number | null;
  has_agent: boolean;
  streams: number;
  active: number;
}

const ADOPT_SQL = `
  UPDATE nodes SET adopted_until = now() + $2 * interval '1 millisecond' WHERE id = $1 RETURNING id`;

const IS_ADOPTED_SQL = `SELECT 1 FROM nodes WHERE id = $1 AND adopted_until > now()`;

@Injectable()
export class PgNodeDirectory extends NodeDirectory {
  constructor(private readonly db: Database) {
    super();
  }

  override async upsert(node: NodeDescription): Promise<void> {
    await this.db.query(UPSERT_SQL, [
      node.id,
      node.apiUrl,
      JSON.stringify(node.playback),
      node.maxPaths,
      node.hasAgent,
    ]);
  }

  override async list(): Promise<ListedNode[]> {
    const rows = await this.db.query<ListRow>(LIST_SQL);
    return rows.map((row) => ({
      id: row.id,
      playback: row.playback_urls,
      maxPaths: row.max_paths,
      hasAgent: row.has_agent,
      streams: row.streams,
      active: row.active,
    }));
  }

  override async adopt(nodeId: string, ms: number): Promise<boolean> {
    const rows = await this.db.query(ADOPT_SQL, [nodeId, ms]);
    return rows.length > 0;
  }

  override async isAdopted(nodeId: string): Promise<boolean> {
    const rows = await this.db.query(IS_ADOPTED_SQL, [nodeId]);
    return rows.length > 0;
  }
}
