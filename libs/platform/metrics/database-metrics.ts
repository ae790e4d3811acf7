import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';

/** How busy the pool is at the moment of a scrape. */
@Injectable()
export class DatabaseMetrics {
  constructor(registry: Registry, dataSource: DataSource) {
    const pool = (): pg.Pool => (dataSource.driver as unknown as { master: pg.Pool }).master;
    new Gauge({
      name: 'vigia_database_pool_connections',
      help: 'Connections of the pool, by what they do.',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        const { totalCount, idleCount } = pool();
        this.set({ state: 'idle' }, idleCount);
        this.set({ state: 'busy' }, totalCount - idleCount);
      },
    });
    new Gauge({
      name: 'vigia_database_pool_waiting',
      help: 'Queries that wait for a connection of the pool.',
      registers: [registry],
      collect() {
        this.set(pool().waitingCount);
      },
    });
  }
}
