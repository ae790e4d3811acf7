/**
 * Lease rows, on a connection of their own: a pool that is exhausted by requests must not cost the
 * lease. Every comparison of time is Postgres's own.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { DedicatedConnection } from '#platform/database/dedicated-connection.js';

import {
  type Fence,
  type NodeConditions,
  NodeLeases,
  type NodeReport,
} from '../../domain/ports/node-leases.js';
import { PgNodeReports } from './pg-node-reports.js';

export abstract class LeaseSettings {
  /** Who holds it: the same owner, restarted, gets its lease back at once, with the next epoch. */
  abstract readonly owner: string;
  abstract readonly leaseTtlMs: number;
}

/** Longer than any lease that a replica with other settings could have. */
const FAR_MS = 120_000;

/**
 * $5: the last epoch of this process. A renewal keeps it. A process that has none yet is a restart,
 * and takes the lease of its predecessor with the next epoch; a predecessor that was only frozen
 * finds that epoch and does not take it back. An end that lies further ahead than any holder would
 * set it was written before the server's clock was set back, as by a failover: it holds nobody.
 */
const HOLD_SQL = `
  INSERT INTO node_leases AS l (node_id, owner, epoch, expires_at, conditions)
  VALUES ($1, $2, 1, now() + $3 * interval '1 millisecond', '{}')
  ON CONFLICT (node_id) DO UPDATE SET
    owner = $2,
    epoch = CASE WHEN l.owner = $2 AND l.epoch = $5::bigint THEN l.epoch ELSE l.epoch + 1 END,
    expires_at = now() + $3 * interval '1 millisecond',
    last_look_ok_at = greatest(
      now() - $4 * interval '1 millisecond', CASE WHEN l.last_look_ok_at <= now() THEN l.last_look_ok_at END)
  WHERE (l.owner = $2 AND l.epoch = coalesce($5::bigint, l.epoch)) OR l.expires_at < now()
    OR l.expires_at > now() + greatest(2 * $3, ${FAR_MS}) * interval '1 millisecond'
  RETURNING epoch`;

const RELEASE_SQL = `
  UPDATE node_leases SET expires_at = now() - interval '1 millisecond'
  WHERE node_id = $1 AND owner = $2 AND epoch = $3::bigint`;

const CONDITIONS_SQL = `
  UPDATE node_leases SET conditions = $4
  WHERE node_id = $1 AND owner = $2 AND epoch = $3::bigint`;

@Injectable()
export class PgNodeLeases extends NodeLeases implements OnApplicationShutdown {
  private readonly epochs = new Map<string, string>();

  constructor(
    private readonly connection: DedicatedConnection,
    private readonly reports: PgNodeReports,
    private readonly settings: LeaseSettings,
  ) {
    super();
  }

  override async hold(nodeId: string, lastLookAgeMs: number | null): Promise<Fence | null> {
    const { owner, leaseTtlMs } = this.settings;
    const [row] = await this.connection.query<{ epoch: string }>(HOLD_SQL, [
      nodeId,
      owner,
      leaseTtlMs,
      lastLookAgeMs,
      this.epochs.get(nodeId) ?? null,
    ]);
    if (row === undefined) {
      return null;
    }
    this.epochs.set(nodeId, row.epoch);
    return { nodeId, owner, epoch: row.epoch };
  }

  override async release(fence: Fence): Promise<void> {
    this.epochs.delete(fence.nodeId);
    await this.connection.query(RELEASE_SQL, [fence.nodeId, fence.owner, fence.epoch]);
  }

  override async saveConditions(fence: Fence, conditions: NodeConditions): Promise<void> {
    await this.connection.query(CONDITIONS_SQL, [
      fence.nodeId,
      fence.owner,
      fence.epoch,
      JSON.stringify(conditions),
    ]);
  }

  override report(): Promise<NodeReport[]> {
    return this.reports.report();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
