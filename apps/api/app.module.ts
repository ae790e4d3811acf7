import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';

import { Clock, SystemClock } from '#kernel/clock.js';
import { type ApiConfig } from '#platform/config/api-config.js';
import { Database } from '#platform/database/database.js';
import { Drain } from '#platform/http/drain.js';
import { InputPipe } from '#platform/http/invalid-input.js';
import { ProblemFilter } from '#platform/http/problem.filter.js';
import { Refusals } from '#platform/http/refusals.js';
import { RouteTable } from '#platform/http/route-table.js';
import { loggerModule } from '#platform/logging/logger-module.js';
import { MetricsModule } from '#platform/metrics/metrics.module.js';
import { ReadNodes } from '#streaming/application/read-nodes.js';
import { StreamingModule } from '#streaming/streaming.module.js';

import { connectDatabase } from './connect-database.js';
import { HealthChecks, healthConnection } from './health/health-checks.js';
import { HealthMetrics } from './health/health-metrics.js';
import { HealthController } from './health/health.controller.js';
import { streamingSetup } from './settings.js';
import { VERSION } from './version.js';

/** What every module may need: time, the database, and whether the process is about to end. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: SystemClock }, Database, Drain, RouteTable],
  exports: [Clock, Database, Drain, RouteTable],
})
class PlatformModule {}

@Module({})
export class AppModule {
  static create(config: ApiConfig, adapters: Provider[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        loggerModule({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
        TypeOrmModule.forRootAsync({
          // connectDatabase waits by itself, and says so once.
          useFactory: () => ({ type: 'postgres', url: config.DATABASE_URL, retryAttempts: 1 }),
          dataSourceFactory: () =>
            connectDatabase({ url: config.DATABASE_URL, shouldMigrate: config.MIGRATE_ON_START }),
        }),
        PlatformModule,
        MetricsModule.register({ version: VERSION }),
        TerminusModule.forRoot({ logger: false }),
        StreamingModule.register(streamingSetup(config), adapters),
      ],
      controllers: [HealthController],
      providers: [
        Refusals,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: InputPipe },
        HealthMetrics,
        {
          provide: HealthChecks,
          inject: [ReadNodes, Clock],
          useFactory: (nodes: ReadNodes, clock: Clock) =>
            new HealthChecks(healthConnection(config.DATABASE_URL), nodes, clock),
        },
      ],
    };
  }
}
