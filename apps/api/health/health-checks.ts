/**
 * What health and metrics say of others, asked beside them: a probe is answered at once, whatever
 * hangs.
 *
 * The database is asked on a connection of its own. A pool that is busy, or full of statements that
 * wait for a lock, is not a dead database: taking every replica out of service would only move the
 * load to none. Its end is seen within 1.5 s, whether it refuses or is silent: the last good answer
 * may have been asked for just before, the next question comes DATABASE_EVERY_MS later, and fails
 * after DATABASE_TIMEOUT_MS. That leaves one slow answer its second without a word; who restarts or
 * removes us for less than two failed probes in a row is too hasty all the same.
 */
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

import { type Clock } from '#kernel/clock.js';
import { BackgroundCheck } from '#platform/background-check.js';
import { DatabaseUnavailable } from '#platform/database/database.js';
import { DedicatedConnection } from '#platform/database/dedicated-connection.js';
import { type NodeHealth, type ReadNodes } from '#streaming/application/read-nodes.js';
import { STREAMING_MIGRATIONS } from '#streaming/infrastructure/postgres/schema.js';

/** Too low: needless statements. Too high: less time is left for a slow answer. */
const DATABASE_EVERY_MS = 250;
/** Too low: a busy database looks dead. Too high: a dead one is seen late. */
const DATABASE_TIMEOUT_MS = 1_100;
/** The sum of both, and a little for timers that are late. */
const DATABASE_MAX_AGE_MS = 1_400;

/** What is read was written down by the holders of the leases, seconds ago. */
const NODES_EVERY_MS = 1_000;
/** No request depends on it, so a busy pool may take its time. */
const NODES_MAX_AGE_MS = 5_000;

const DATABASE_CHECK = { name: 'Database check', context: 'Database' };
/** What is known of nodes is read from the database. */
const NODES_CHECK = { name: 'Nodes check', context: 'Database' };

const MIGRATIONS = STREAMING_MIGRATIONS.map(({ name }) => name);
const MIGRATED_SQL = `SELECT count(*)::int AS applied FROM migrations WHERE name = ANY($1)`;

export function healthConnection(url: string): DedicatedConnection {
  return new DedicatedConnection({
    url,
    name: 'vigia-health',
    connectTimeoutMs: DATABASE_TIMEOUT_MS,
    queryTimeoutMs: DATABASE_TIMEOUT_MS,
  });
}

export interface DatabaseAnswer {
  readonly isMigrated: boolean;
}

@Injectable()
export class HealthChecks implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly database: BackgroundCheck<DatabaseAnswer>;
  readonly nodes: BackgroundCheck<readonly NodeHealth[]>;

  constructor(
    private readonly connection: Pick<DedicatedConnection, 'query' | 'close'>,
    private readonly reading: Pick<ReadNodes, 'execute'>,
    clock: Clock,
  ) {
    this.database = new BackgroundCheck(DATABASE_CHECK, () => this.askDatabase(), {
      everyMs: DATABASE_EVERY_MS,
      maxAgeMs: DATABASE_MAX_AGE_MS,
      clock,
    });
    this.nodes = new BackgroundCheck(NODES_CHECK, () => this.askNodes(), {
      everyMs: NODES_EVERY_MS,
      maxAgeMs: NODES_MAX_AGE_MS,
      clock,
    });
  }

  /** As /health/ready says it: reachable and migrated, as of now. */
  get isDatabaseUp(): boolean {
    const { current } = this.database;
    return current.kind === 'good' && current.value.isMigrated;
  }

  /** Before the process listens, so that whoever finds it listening is told the truth. */
  onApplicationBootstrap(): void {
    this.database.start();
    this.nodes.start();
  }

  /** Not before the last request is answered: whoever drains still tells of its database. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.database.stop(), this.nodes.stop()]);
    await this.connection.close();
  }

  private async askDatabase(): Promise<DatabaseAnswer> {
    const [row] = await this.connection.query<{ applied: number }>(MIGRATED_SQL, [MIGRATIONS]);
    return { isMigrated: row?.applied === MIGRATIONS.length };
  }

  /** A database that cannot be used is said by its own check; what is known of nodes just ages. */
  private async askNodes(): Promise<readonly NodeHealth[] | null> {
    if (this.database.current.kind === 'failed') {
      return null;
    }
    try {
      return await this.reading.execute();
    } catch (err) {
      if (err instanceof DatabaseUnavailable) {
        return null;
      }
      throw err;
    }
  }
}
