import { Injectable } from '@nestjs/common';

import { Database } from '#platform/database/database.js';

import { type StreamTally, StreamTallies } from '../../domain/ports/stream-tallies.js';

const TALLY_SQL = `
  SELECT node_id AS "nodeId", status, reason, removal_pending AS "removalPending",
    count(*)::int AS streams
  FROM streams WHERE desired = 'RUNNING' OR removal_pending
  GROUP BY node_id, status, reason, removal_pending`;

/** All less the active ones: unlike a condition, that is read from an index alone. */
const STOPPED_SQL = `
  SELECT (count(*) - (SELECT count(*) FROM streams WHERE desired = 'RUNNING'))::int AS stopped
  FROM streams`;

@Injectable()
export class PgStreamTallies extends StreamTallies {
  constructor(private readonly db: Database) {
    super();
  }

  override async count(): Promise<{ tallies: StreamTally[]; stopped: number }> {
    const [tallies, stopped] = await Promise.all([
      this.db.query<StreamTally>(TALLY_SQL),
      this.db.query<{ stopped: number }>(STOPPED_SQL),
    ]);
    return { tallies, stopped: stopped[0]?.stopped ?? 0 };
  }
}
