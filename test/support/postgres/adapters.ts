/** The Postgres adapters as the product wires them, each set on a pool of its own, like a replica. */
import { type DataSource } from 'typeorm';

import { Database } from '#platform/database/database.js';
import { DedicatedConnection } from '#platform/database/dedicated-connection.js';
import { PgNodeDirectory } from '#streaming/infrastructure/postgres/pg-node-directory.js';
import { PgNodeLeases } from '#streaming/infrastructure/postgres/pg-node-leases.js';
import { PgNodeReports } from '#streaming/infrastructure/postgres/pg-node-reports.js';
import { TypeOrmStreamRepository } from '#streaming/infrastructure/postgres/typeorm-stream-repository.js';

import { newDataSource } from '../../../apps/api/connect-database.js';

/** Longer than any test: a lease ends by a test's own hand. */
const LEASE_TTL_MS = 600_000;

export class Adapters {
  readonly database: Database;
  readonly streams: TypeOrmStreamRepository;
  readonly directory: PgNodeDirectory;
  private readonly connections: DedicatedConnection[] = [];

  private constructor(
    private readonly url: string,
    readonly dataSource: DataSource,
  ) {
    this.database = new Database(dataSource);
    this.streams = new TypeOrmStreamRepository(this.database);
    this.directory = new PgNodeDirectory(this.database);
  }

  static async connect(url: string, limits?: { queryTimeoutMs: number }): Promise<Adapters> {
    return new Adapters(url, await newDataSource(url, limits).initialize());
  }

  /** As a process of that name has it; each call is a process that was just started. */
  leases(owner: string, leaseTtlMs = LEASE_TTL_MS, queryTimeoutMs = 3_000): PgNodeLeases {
    const connection = new DedicatedConnection({
      url: this.url,
      name: 'vigia-lease',
      connectTimeoutMs: 2_000,
      queryTimeoutMs,
    });
    this.connections.push(connection);
    return new PgNodeLeases(connection, new PgNodeReports(this.database), { owner, leaseTtlMs });
  }

  async close(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.dataSource.destroy();
  }
}
