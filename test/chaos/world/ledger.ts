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
  readonly labels: Readonly<Record<string, string>>;
  readonly desired: 'RUNNING' | 'STOPPED';
  readonly status: StreamStatus;
  readonly reason: string | null;
  readonly removalPending: boolean;
  readonly reconnects: number;
  readonly generation: number;
  readonly parkedGeneration: number | null;
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
  /** 'api' for what a caller asked for. */
  readonly actor: string;
  /** Of such: a patch or a retry; null for a start and a stop. */
  readonly by: string | null;
  /** Of a patch. */
  readonly changed: readonly string[] | null;
  readonly fromStatus: StreamStatus | null;
  readonly toStatus: StreamStatus;
  readonly reason: string | null;
  readonly at: Date;
}

const ROWS = `
  SELECT id, camera_id AS "cameraId", path, source_url, source_secret, on_demand AS "onDemand",
    transport, labels, desired, status, reason, removal_pending AS "removalPending", reconnects, generation,
    parked_generation AS "parkedGeneration", version, xmin::text AS xmin, last_error_code AS "lastErrorCode", last_error_at AS "lastErrorAt",
    created_at AS "createdAt", started_at AS "startedAt", stopped_at AS "stoppedAt"
  FROM streams`;

const EVENTS = `
  SELECT stream_id AS "streamId", seq::text AS seq, e.version, e.generation, type,
    actor, data->>'by' AS "by", data->'changed' AS changed,
    from_status AS "fromStatus", to_status AS "toStatus", e.reason, at
  FROM stream_events e JOIN streams s ON s.id = e.stream_id
  WHERE s.camera_id LIKE $1 ORDER BY stream_id, e.version`;

/** Of a stream that is marked for itself nothing goes into the total of the others. */
const MARKS = `
  SELECT camera_id || ' ' || id AS name, camera_id AS "cameraId", status, version,
    reason, xmin::text AS xmin,
    (SELECT count(*)::int FROM stream_events WHERE stream_id = id) AS events,
    (SELECT count(*)::int FROM stream_events
      WHERE stream_id = id AND type = 'stream.reason_changed') AS reasons
  FROM streams WHERE camera_id LIKE $1
  UNION ALL
  SELECT 'all other streams', NULL, NULL, coalesce(sum(version), 0)::int,
    NULL, NULL, (SELECT count(*)::int FROM stream_events e JOIN streams s ON s.id = e.stream_id
      WHERE s.camera_id NOT LIKE $1), count(*)::int
  FROM streams WHERE camera_id NOT LIKE $1`;

export interface Mark {
  readonly cameraId: string | null;
  readonly status: StreamStatus | null;
  readonly version: number;
  readonly reason: string | null;
  /** Of the update that it was written by last. */
  readonly xmin: string | null;
  readonly events: number;
  /** How many of them tell of another reason only. */
  readonly reasons: number;
}

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

  /** What changes with every insert and every update of a stream, and with every event, by name. */
  async marks(tag: string): Promise<Map<string, Mark>> {
    const { rows } = await this.pool.query<Mark & { name: string }>(MARKS, [`${tag}-%`]);
    return new Map(rows.map(({ name, ...mark }) => [name, mark]));
  }

  async isLeaseHeld(): Promise<boolean> {
    const { rows } = await this.pool.query(`SELECT 1 FROM node_leases WHERE expires_at > now()`);
    return rows.length === 1;
  }

  async leaseEpoch(): Promise<number> {
    const { rows } = await this.pool.query<{ epoch: string | null }>(
      'SELECT max(epoch) AS epoch FROM node_leases',
    );
    return Number(rows[0]?.epoch ?? 0);
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
