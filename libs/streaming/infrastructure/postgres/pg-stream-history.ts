import { Injectable } from '@nestjs/common';

import { Database } from '#platform/database/database.js';

import { type PrunedRows, StreamHistory } from '../../domain/ports/stream-history.js';

const PRUNE_EVENTS_SQL = `
  WITH old AS (
    SELECT seq FROM stream_events WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT $2
  ), gone AS (DELETE FROM stream_events WHERE seq IN (SELECT seq FROM old) RETURNING 1)
  SELECT count(*)::int AS rows FROM gone`;

/** Events go first, so that a stream is never left without what happened to it. */
const PRUNE_STREAMS_SQL = `
  WITH old AS (
    SELECT id FROM streams s
    WHERE desired = 'STOPPED' AND NOT removal_pending AND stopped_at < now() - $1 * interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM stream_events e WHERE e.stream_id = s.id)
    ORDER BY id LIMIT $2
  ), gone AS (DELETE FROM streams WHERE id IN (SELECT id FROM old) RETURNING 1)
  SELECT count(*)::int AS rows FROM gone`;

/** Small batches, each its own transaction: vacuum and other writers are never kept waiting. */
@Injectable()
export class PgStreamHistory extends StreamHistory {
  constructor(private readonly db: Database) {
    super();
  }

  override async prune(days: number, batch: number): Promise<PrunedRows> {
    const events = await this.delete(PRUNE_EVENTS_SQL, days, batch);
    const streams = await this.delete(PRUNE_STREAMS_SQL, days, batch);
    return { events, streams };
  }

  private async delete(sql: string, days: number, batch: number): Promise<number> {
    const [row] = await this.db.query<{ rows: number }>(sql, [days, batch]);
    return row?.rows ?? 0;
  }
}
