/** What all nodes have in common, wired once: the database, the cameras, the limits of the process. */
import { HttpModule } from '@nestjs/axios';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';

import { AnnounceChange } from './application/announce-change.js';
import { SaveObserved } from './application/save-observed.js';
import { StreamSignals } from './application/stream-signals.js';
import { NodeDirectory } from './domain/ports/node-directory.js';
import { NodeLeases } from './domain/ports/node-leases.js';
import { SourceProbe } from './domain/ports/source-probe.js';
import { StreamHistory } from './domain/ports/stream-history.js';
import { StreamRepository } from './domain/ports/stream-repository.js';
import { StreamingMetrics } from './domain/ports/streaming-metrics.js';
import { PgNodeDirectory } from './infrastructure/postgres/pg-node-directory.js';
import { PgNodeLeases } from './infrastructure/postgres/pg-node-leases.js';
import { PgNodeReports } from './infrastructure/postgres/pg-node-reports.js';
import { PgStreamHistory } from './infrastructure/postgres/pg-stream-history.js';
import { TypeOrmStreamRepository } from './infrastructure/postgres/typeorm-stream-repository.js';
import { NetworkSourceProbe } from './infrastructure/probe/network-source-probe.js';
import { PROBE_LIMITS, ProbeLimits } from './infrastructure/probe/probe-limits.js';
import { CallMetrics } from './infrastructure/prometheus/call-metrics.js';
import { MeasuredSourceProbe } from './infrastructure/prometheus/measured-source-probe.js';
import { PrometheusStreamingMetrics } from './infrastructure/prometheus/prometheus-streaming-metrics.js';

const ADAPTERS: Provider[] = [
  PgNodeReports,
  { provide: StreamRepository, useClass: TypeOrmStreamRepository },
  { provide: NodeLeases, useClass: PgNodeLeases },
  { provide: StreamHistory, useClass: PgStreamHistory },
  { provide: NodeDirectory, useClass: PgNodeDirectory },
  { provide: ProbeLimits, useValue: PROBE_LIMITS },
  NetworkSourceProbe,
  {
    provide: SourceProbe,
    useFactory: (probe: NetworkSourceProbe, metrics: CallMetrics) =>
      new MeasuredSourceProbe(probe, metrics),
    inject: [NetworkSourceProbe, CallMetrics],
  },
  CallMetrics,
  { provide: StreamingMetrics, useClass: PrometheusStreamingMetrics },
];

@Module({})
export class SharedModule {
  /** @param adapters provided under a port's token, they take the place of ours */
  static register(settings: Provider[], adapters: Provider[]): DynamicModule {
    return {
      module: SharedModule,
      imports: [HttpModule, ScheduleModule.forRoot()],
      // The last provider of a token is the one that counts.
      providers: [
        ...settings,
        ...ADAPTERS,
        ...adapters,
        AnnounceChange,
        SaveObserved,
        StreamSignals,
      ],
      exports: [
        HttpModule,
        StreamRepository,
        NodeLeases,
        StreamHistory,
        NodeDirectory,
        SourceProbe,
        CallMetrics,
        StreamingMetrics,
        AnnounceChange,
        SaveObserved,
        StreamSignals,
      ],
    };
  }
}
