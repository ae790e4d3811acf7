import { Injectable } from '@nestjs/common';

import { Database } from '#platform/database/database.js';

import { type NodeDescription, NodeDirectory } from '../../domain/ports/node-directory.js';

/** Writes nothing when nothing changed. */
const UPSERT_SQL = `
  INSERT INTO nodes (id, api_url, playback_urls, max_paths) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET api_url = $2, playback_urls = $3, max_paths = $4
  WHERE (nodes.api_url, nodes.playback_urls, nodes.max_paths) IS DISTINCT FROM ($2, $3::jsonb, $4::int)`;

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
    ]);
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
