/**
 * Everything that looks after one node, wired once for each of them: its writer, its memory, its
 * lease, its clockwork. Nothing in it knows that there may be another node.
 */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { ApplyPath } from './application/apply-path.js';
import { AskFirst } from './application/ask-first.js';
import { AuditConfig } from './application/audit-config.js';
import { CheckNode } from './application/check-node.js';
import { DriftLedger } from './application/drift-ledger.js';
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
import { type NodeHandle } from './application/nodes.js';
import { PathWriter } from './application/path-writer.js';
import { ProbeSilent } from './application/probe-silent.js';
import { ReadAgent } from './application/read-agent.js';
import { ReadVitals } from './application/read-vitals.js';
import { ReconcileNode } from './application/reconcile-node.js';
import { ReconcileStream } from './application/reconcile-stream.js';
import { MediaMtxClient } from './domain/ports/media-mtx-client.js';
import { NodeAgent } from './domain/ports/node-agent.js';
import { HttpMediaMtxClient } from './infrastructure/mediamtx/http-media-mtx-client.js';
import { CallMetrics } from './infrastructure/prometheus/call-metrics.js';
import { MeasuredMediaMtxClient } from './infrastructure/prometheus/measured-media-mtx-client.js';
import { HttpNodeAgent } from './infrastructure/node-agent/http-node-agent.js';
import { NodeJob } from './jobs/node.job.js';

/** Ports with an adapter for each node; all others are shared. */
export const NODE_PORTS: ReadonlySet<unknown> = new Set([MediaMtxClient, NodeAgent]);

const ADAPTERS: Provider[] = [
  HttpMediaMtxClient,
  {
    provide: MediaMtxClient,
    useFactory: (client: HttpMediaMtxClient, metrics: CallMetrics, clock: Clock) =>
      new MeasuredMediaMtxClient(client, metrics, clock),
    inject: [HttpMediaMtxClient, CallMetrics, Clock],
  },
  { provide: NodeAgent, useClass: HttpNodeAgent },
];

const PARTS: Provider[] = [
  ApplyPath,
  AskFirst,
  AuditConfig,
  CheckNode,
  DriftLedger,
  FindUnexplained,
  FollowStream,
  HearFaults,
  HearPokes,
  HeldLease,
  JudgeRefusal,
  KeepBootFile,
  LookAtStream,
  NodeJob,
  NodeMemory,
  NodeState,
  PathWriter,
  ProbeSilent,
  ReadAgent,
  ReadVitals,
  ReconcileNode,
  ReconcileStream,
];

export interface NodeSetup {
  readonly id: string;
  /** Providers of the `…Settings` classes that differ from node to node. */
  readonly settings: Provider[];
}

/** Under which its `NodeHandle` is found. */
export function nodeToken(id: string): string {
  return `node ${id}`;
}

@Module({})
export class NodeModule {
  /**
   * @param shared the one instance of what nodes have in common
   * @param adapters provided under one of NODE_PORTS, they take the place of ours
   */
  static register(
    { id, settings }: NodeSetup,
    shared: DynamicModule,
    adapters: Provider[],
  ): DynamicModule {
    const handle: Provider = {
      provide: nodeToken(id),
      useFactory: (
        reconcile: ReconcileStream,
        askFirst: AskFirst,
        client: MediaMtxClient,
        clockwork: NodeJob,
        vitals: ReadVitals,
      ): NodeHandle => ({ id, reconcile, askFirst, client, clockwork, vitals }),
      inject: [ReconcileStream, AskFirst, MediaMtxClient, NodeJob, ReadVitals],
    };
    return {
      module: NodeModule,
      imports: [shared],
      // The last provider of a token is the one that counts.
      providers: [...settings, ...ADAPTERS, ...adapters, ...PARTS, handle],
      exports: [nodeToken(id)],
    };
  }
}
