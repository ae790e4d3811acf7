import { Injectable } from '@nestjs/common';

import { Database } from '#platform/database/database.js';

import { type NodeConditions, type NodeReport } from '../../domain/ports/node-leases.js';
import { LOOK_AGE_MS } from './node-lease.row.js';

const REPORT_SQL = `
  SELECT n.id, l.owner, l.epoch, l.expires_at, l.last_look_ok_at, coalesce(l.expires_at > now(), false) AS is_leased,
    ${LOOK_AGE_MS},
    nullif(l.conditions, '{}') AS conditions
  FROM nodes n LEFT JOIN node_leases l ON l.node_id = n.id ORDER BY n.id`;

interface ReportRow {
  id: string;
  owner: string | null;
  epoch: string | null;
  expires_at: Date | null;
  last_look_ok_at: Date | null;
  is_leased: boolean;
  look_age_ms: number | null;
  conditions: NodeConditions | null;
}

/** What the holders of the leases wrote down, read through the pool: anybody may ask at any time. */
@Injectable()
export class PgNodeReports {
  constructor(private readonly db: Database) {}

  async report(): Promise<NodeReport[]> {
    const rows = await this.db.query<ReportRow>(REPORT_SQL);
    return rows.map((row) => ({
      nodeId: row.id,
      owner: row.owner,
      isLeased: row.is_leased,
      epoch: row.epoch,
      expiresAt: row.expires_at,
      lookedAt: row.last_look_ok_at,
      lookAgeMs: row.look_age_ms,
      conditions: row.conditions,
    }));
  }
}
