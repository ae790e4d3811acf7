/** What Postgres holds, read past every fault but those of the server itself. */
import pg from 'pg';

import { type StreamStatus } from '#streaming/domain/stream-status.js';
import { fullSourceUrl } from '#streaming/domain/source-url.js';
import { decodeSecret } from '#streaming/infrastructure/postgres/source-secret.js';

export interface LedgerRow {
  readonly id: string;
  readonly cameraId: string;
  readonly path: string;
  readonly source: string;
  readonly onDemand: boolean;
  readonly transport: string;
  readonly desired: 'RUNNING' | 'STOPPED';
  readonly status: StreamStatus;
  readonly reason: string | null;
  readonly removalPending: boolean;
  readonly reconnects: number;
  readonly generation: number;
  readonly version: number;
  readonly xmin: string;
  readonly lastErrorCode: string | null;
  readonly lastErrorAt: Date | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly stoppedAt: Date | null;
}

export interface LedgerEvent {
  readonly streamId: string;
  readonly seq: string;
  readonly version: number;
  readonly generation: number;
  readonly type: string;
  readonly fromStatus: StreamStatus | null;
  readonly toStatus: StreamStatus;
  readonly reason: string | null;
  readonly at: Date;
}

const ROWS = `
  SELECT id, camera_id AS "cameraId", path, source_url, source_secret, on_demand AS "onDemand",
    transport, desired, status, reason, removal_pending AS "removalPending", reconnects, generation,
    version, xmin::text AS xmin, last_error_code AS "lastErrorCode", last_error_at AS "lastErrorAt",
    created_at AS "createdAt", started_at AS "startedAt", stopped_at AS "stoppedAt"
  FROM streams`;

const EVENTS = `
  SELECT stream_id AS "streamId", seq::text AS seq, e.version, e.generation, type,
    from_status AS "fromStatus", to_status AS "toStatus", e.reason, at
  FROM stream_events e JOIN streams s ON s.id = e.stream_id
  WHERE s.camera_id LIKE $1 ORDER BY stream_id, e.version`;

export class Ledger {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: 3,
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
    });
    this.pool.on('error', () => undefined);
  }

  /** All streams of a seed's cameras, oldest first. */
  rowsOf(tag: string): Promise<LedgerRow[]> {
    return this.rows(`WHERE camera_id LIKE $1 ORDER BY created_at, id`, [`${tag}-%`]);
  }

  /** What concerns the node now, whatever seed it comes from. */
  workingRows(): Promise<LedgerRow[]> {
    return this.rows(`WHERE desired = 'RUNNING' OR removal_pending ORDER BY path`, []);
  }

  async eventsOf(tag: string): Promise<LedgerEvent[]> {
    return (await this.pool.query<LedgerEvent>(EVENTS, [`${tag}-%`])).rows;
  }

  /** Changes with every insert and every update of a stream, and with every event. */
  async fingerprint(tag: string): Promise<Map<string, string>> {
    const rows = await this.rowsOf(tag);
    const { rows: totals } = await this.pool.query<{ name: string; mark: string }>(`
      SELECT 'events' AS name, count(*) || ' up to ' || coalesce(max(seq), 0) AS mark
      FROM stream_events
      UNION ALL SELECT 'all streams', count(*) || ' with ' || sum(version) FROM streams`);
    return new Map([
      ...totals.map(({ name, mark }): [string, string] => [name, mark]),
      ...rows.map((row): [string, string] => [
        row.cameraId + ' ' + row.id,
        `${row.status} ${row.reason}, version ${row.version}, xmin ${row.xmin}`,
      ]),
    ]);
  }

  async isLeaseHeld(): Promise<boolean> {
    const { rows } = await this.pool.query(`SELECT 1 FROM node_leases WHERE expires_at > now()`);
    return rows.length === 1;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async rows(where: string, parameters: unknown[]): Promise<LedgerRow[]> {
    const { rows } = await this.pool.query<LedgerRow & StoredSource>(
      `${ROWS} ${where}`,
      parameters,
    );
    return rows.map(({ source_url, source_secret, ...row }) => ({
      ...row,
      source: fullSourceUrl({ url: source_url, secret: decodeSecret(source_secret) }),
    }));
  }
}

interface StoredSource {
  source_url: string;
  source_secret: Buffer | null;
}
