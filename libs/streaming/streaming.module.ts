/** Wires the Streaming module: ports to adapters, use cases, the controller and the node's job. */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { HttpModule } from '@nestjs/axios';
import { ScheduleModule } from '@nestjs/schedule';

import { ApplyPath } from './application/apply-path.js';
import { AskFirst } from './application/ask-first.js';
import { AuditConfig } from './application/audit-config.js';
import { CheckNode } from './application/check-node.js';
import { CheckSource } from './application/check-source.js';
import { FindUnexplained } from './application/find-unexplained.js';
import { FollowStream } from './application/follow-stream.js';
import { HearFaults } from './application/hear-faults.js';
import { HearPokes } from './application/hear-pokes.js';
import { HeldLease } from './application/held-lease.js';
import { JudgeRefusal } from './application/judge-refusal.js';
import { KeepBootFile } from './application/keep-boot-file.js';
import { LookAtStream } from './application/look-at-stream.js';
import { NodeMemory } from './application/node-memory.js';
import { NodeState } from './application/node-state.js';
import { PatchStream } from './application/patch-stream.js';
import { PathWriter } from './application/path-writer.js';
import { ProbeSilent } from './application/probe-silent.js';
import { PruneHistory } from './application/prune-history.js';
import { ReadAgent } from './application/read-agent.js';
import { ReadNodes } from './application/read-nodes.js';
import { ReadStreams } from './application/read-streams.js';
import { ReconcileNode } from './application/reconcile-node.js';
import { ReconcileStream } from './application/reconcile-stream.js';
import { RegisterNode } from './application/register-node.js';
import { RetryStream } from './application/retry-stream.js';
import { SaveObserved } from './application/save-observed.js';
import { StartStream } from './application/start-stream.js';
import { StopStream } from './application/stop-stream.js';
import { StreamSignals } from './application/stream-signals.js';
import { MediaMtxClient } from './domain/ports/media-mtx-client.js';
import { NodeAgent } from './domain/ports/node-agent.js';
import { NodeDirectory } from './domain/ports/node-directory.js';
import { NodeLeases } from './domain/ports/node-leases.js';
import { SourceProbe } from './domain/ports/source-probe.js';
import { StreamHistory } from './domain/ports/stream-history.js';
import { StreamRepository } from './domain/ports/stream-repository.js';
import { SourcesController } from './http/sources.controller.js';
import { StreamChangesController } from './http/stream-changes.controller.js';
import { StreamsController } from './http/streams.controller.js';
import { HttpMediaMtxClient } from './infrastructure/mediamtx/http-media-mtx-client.js';
import { HttpNodeAgent } from './infrastructure/node-agent/http-node-agent.js';
import { PgNodeDirectory } from './infrastructure/postgres/pg-node-directory.js';
import { PgNodeReports } from './infrastructure/postgres/pg-node-reports.js';
import { PgNodeLeases } from './infrastructure/postgres/pg-node-leases.js';
import { PgStreamHistory } from './infrastructure/postgres/pg-stream-history.js';
import { TypeOrmStreamRepository } from './infrastructure/postgres/typeorm-stream-repository.js';
import { NetworkSourceProbe } from './infrastructure/probe/network-source-probe.js';
import { PROBE_LIMITS, ProbeLimits } from './infrastructure/probe/probe-limits.js';
import { NodeJob } from './jobs/node.job.js';
import { RetentionJob } from './jobs/retention.job.js';

const ADAPTERS: Provider[] = [
  PgNodeReports,
  { provide: StreamRepository, useClass: TypeOrmStreamRepository },
  { provide: NodeLeases, useClass: PgNodeLeases },
  { provide: StreamHistory, useClass: PgStreamHistory },
  { provide: NodeDirectory, useClass: PgNodeDirectory },
  { provide: MediaMtxClient, useClass: HttpMediaMtxClient },
  { provide: NodeAgent, useClass: HttpNodeAgent },
  { provide: ProbeLimits, useValue: PROBE_LIMITS },
  { provide: SourceProbe, useClass: NetworkSourceProbe },
];

const USE_CASES: Provider[] = [
  ApplyPath,
  AskFirst,
  AuditConfig,
  CheckNode,
  CheckSource,
  FindUnexplained,
  FollowStream,
  HearFaults,
  HearPokes,
  HeldLease,
  JudgeRefusal,
  KeepBootFile,
  LookAtStream,
  NodeMemory,
  NodeState,
  PatchStream,
  PathWriter,
  ProbeSilent,
  PruneHistory,
  ReadAgent,
  ReadNodes,
  ReadStreams,
  ReconcileNode,
  ReconcileStream,
  RegisterNode,
  RetryStream,
  SaveObserved,
  StartStream,
  StopStream,
  StreamSignals,
];

@Module({})
export class StreamingModule {
  /**
   * @param settings providers of every `…Settings` class and of `ConfiguredNode`
   * @param adapters provided under a port's token, they take the place of ours
   */
  static register(settings: Provider[], adapters: Provider[] = []): DynamicModule {
    return {
      module: StreamingModule,
      imports: [HttpModule, ScheduleModule.forRoot()],
      controllers: [SourcesController, StreamsController, StreamChangesController],
      // The last provider of a token is the one that counts.
      providers: [...settings, ...ADAPTERS, ...adapters, ...USE_CASES, NodeJob, RetentionJob],
      exports: [ReadNodes],
    };
  }
}
