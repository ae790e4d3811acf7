/** Wires the Streaming module: what nodes share, one module for each node, and what callers use. */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';

import { CheckSource } from './application/check-source.js';
import { ConfiguredNodes } from './application/configured-nodes.js';
import { type NodeHandle, Nodes } from './application/nodes.js';
import { PatchStream } from './application/patch-stream.js';
import { PruneHistory, RetentionSettings } from './application/prune-history.js';
import { ReadNodes } from './application/read-nodes.js';
import { ReadStreams } from './application/read-streams.js';
import { RegisterNodes } from './application/register-nodes.js';
import { RetryStream } from './application/retry-stream.js';
import { StartStream } from './application/start-stream.js';
import { StopStream } from './application/stop-stream.js';
import { TallySite } from './application/tally-site.js';
import { StreamTallies } from './domain/ports/stream-tallies.js';
import { NodesController } from './http/nodes.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { StreamChangesController } from './http/stream-changes.controller.js';
import { StreamsController } from './http/streams.controller.js';
import { PgStreamTallies } from './infrastructure/postgres/pg-stream-tallies.js';
import { NodeGauges } from './infrastructure/prometheus/node-gauges.js';
import { StreamGauges } from './infrastructure/prometheus/stream-gauges.js';
import { RetentionJob } from './jobs/retention.job.js';
import { NODE_PORTS, NodeModule, type NodeSetup, nodeToken } from './node.module.js';
import { SharedModule } from './shared.module.js';

const USE_CASES: Provider[] = [
  CheckSource,
  PatchStream,
  PruneHistory,
  ReadNodes,
  ReadStreams,
  RegisterNodes,
  RetryStream,
  StartStream,
  StopStream,
];

export interface StreamingSetup {
  readonly configured: ConfiguredNodes;
  readonly retention: RetentionSettings;
  /** Providers of every other `…Settings` class that is the same for all nodes. */
  readonly shared: Provider[];
  readonly nodes: readonly NodeSetup[];
}

@Module({})
export class StreamingModule {
  /** @param adapters provided under a port's token, they take the place of ours */
  static register(setup: StreamingSetup, adapters: Provider[] = []): DynamicModule {
    const { configured, retention, nodes } = setup;
    const shared = SharedModule.register(
      setup.shared,
      adapters.filter((adapter) => !isOfNode(adapter)),
    );
    const ofNode = adapters.filter(isOfNode);
    return {
      module: StreamingModule,
      imports: [shared, ...nodes.map((node) => NodeModule.register(node, shared, ofNode))],
      controllers: [SourcesController, StreamsController, StreamChangesController, NodesController],
      providers: [
        { provide: ConfiguredNodes, useValue: configured },
        { provide: RetentionSettings, useValue: retention },
        {
          provide: Nodes,
          useFactory: (...handles: NodeHandle[]) => new Nodes(handles),
          inject: nodes.map(({ id }) => nodeToken(id)),
        },
        { provide: StreamTallies, useClass: PgStreamTallies },
        TallySite,
        StreamGauges,
        NodeGauges,
        ...USE_CASES,
        RetentionJob,
      ],
      exports: [ReadNodes],
    };
  }
}

function isOfNode(adapter: Provider): boolean {
  return typeof adapter === 'object' && NODE_PORTS.has(adapter.provide);
}
