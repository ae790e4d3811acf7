/**
 * The use cases of one process over in-memory doubles, wired as the module wires them. Time passes
 * only when a test says so; several processes can share one node and one database.
 */
import { AnnounceChange } from '#streaming/application/announce-change.js';
import { ApplyPath } from '#streaming/application/apply-path.js';
import { AskFirst } from '#streaming/application/ask-first.js';
import { AuditConfig } from '#streaming/application/audit-config.js';
import { CheckNode } from '#streaming/application/check-node.js';
import { type ConfiguredNodes } from '#streaming/application/configured-nodes.js';
import { DriftLedger } from '#streaming/application/drift-ledger.js';
import { FindUnexplained } from '#streaming/application/find-unexplained.js';
import { FollowStream } from '#streaming/application/follow-stream.js';
import { HearFaults } from '#streaming/application/hear-faults.js';
import { HeldLease } from '#streaming/application/held-lease.js';
import { JudgeRefusal } from '#streaming/application/judge-refusal.js';
import { KeepBootFile } from '#streaming/application/keep-boot-file.js';
import { LookAtStream } from '#streaming/application/look-at-stream.js';
import { NodeMemory } from '#streaming/application/node-memory.js';
import { NodeState } from '#streaming/application/node-state.js';
import { Nodes } from '#streaming/application/nodes.js';
import { PatchStream } from '#streaming/application/patch-stream.js';
import { PathWriter } from '#streaming/application/path-writer.js';
import { ProbeSilent } from '#streaming/application/probe-silent.js';
import { ReadAgent } from '#streaming/application/read-agent.js';
import { ReadVitals } from '#streaming/application/read-vitals.js';
import { ReconcileNode, type TickResult } from '#streaming/application/reconcile-node.js';
import { ReconcileStream } from '#streaming/application/reconcile-stream.js';
import { RetryStream } from '#streaming/application/retry-stream.js';
import { SaveObserved } from '#streaming/application/save-observed.js';
import { type StartRequest, StartStream } from '#streaming/application/start-stream.js';
import { StopStream } from '#streaming/application/stop-stream.js';
import { StreamSignals } from '#streaming/application/stream-signals.js';
import { type StreamingSettings } from '#streaming/application/streaming-settings.js';
import { type Fence } from '#streaming/domain/ports/node-leases.js';
import { type Place, type StreamRecord } from '#streaming/domain/ports/stream-repository.js';
import { type StreamState } from '#streaming/domain/stream.js';
import { CountedMetrics } from './counted-metrics.js';
import { FakeClock, settled } from './fake-clock.js';
import { FakeMediaMtxClient } from './fake-media-mtx-client.js';
import { FakeNodeAgent } from './fake-node-agent.js';
import { FakeSourceProbe } from './fake-source-probe.js';
import { InMemoryNodeDirectory } from './in-memory-node-directory.js';
import { InMemoryNodeLeases, LeaseTable } from './in-memory-node-leases.js';
import { InMemoryStreamRepository } from './in-memory-stream-repository.js';
import { PLAYBACK } from './stream-rows.js';

export const TICK_MS = 5_000;
export const NEVER = new AbortController().signal;

/** Plain values; the abstract class is only their token. */
export type Settings = Readonly<Pick<StreamingSettings, keyof StreamingSettings>>;

export const SETTINGS: Settings = {
  nodeId: 'default',
  pathPrefix: 'cam',
  sourceDeadlineMs: 20_000,
  orphanGraceMs: 60_000,
  auditIntervalMs: 60_000,
  dialsPerSecond: 0,
  breakerMs: 5_000,
  leaseSafeMs: 10_000,
};

/** Time passes only when a test says so. */
const NO_CLOCKWORK = { start: () => undefined, stop: () => Promise.resolve() };

function configured({ nodeId, pathPrefix }: Settings): ConfiguredNodes {
  const apiUrl = 'http://127.0.0.1:9997/';
  const description = { id: nodeId, apiUrl, playback: PLAYBACK, maxPaths: null, hasAgent: false };
  return { descriptions: [description], pathPrefix };
}

/** What several processes share. */
export class World {
  readonly clock = new FakeClock();
  readonly node = new FakeMediaMtxClient(this.clock);
  readonly streams = new InMemoryStreamRepository(this.clock);
  readonly leases = new LeaseTable(this.clock);
  readonly cameras = new FakeSourceProbe();
  readonly agent = new FakeNodeAgent(this.clock);
  readonly directory = new InMemoryNodeDirectory(this.clock);
}

export class ControlPlane {
  readonly clock: FakeClock;
  readonly node: FakeMediaMtxClient;
  readonly streams: InMemoryStreamRepository;
  readonly leases: InMemoryNodeLeases;
  readonly metrics = new CountedMetrics();
  readonly memory = new NodeMemory(this.metrics);
  readonly announce: AnnounceChange;
  readonly state: NodeState;
  readonly signals: StreamSignals;
  readonly writer: PathWriter;
  readonly follow: FollowStream;
  readonly probes: ProbeSilent;
  readonly lease: HeldLease;
  readonly reconcileNode: ReconcileNode;
  readonly reconcileStream: ReconcileStream;
  readonly startStream: StartStream;
  readonly patchStream: PatchStream;
  readonly askFirst: AskFirst;
  readonly retryStream: RetryStream;
  readonly stopStream: StopStream;

  constructor(
    given: Partial<Settings> = {},
    readonly world = new World(),
    readonly owner = 'vigia-1:3000',
  ) {
    const settings: Settings = { ...SETTINGS, ...given };
    const { clock, node, streams } = world;
    [this.clock, this.node, this.streams] = [clock, node, streams];
    this.leases = new InMemoryNodeLeases(world.leases, owner);
    this.state = new NodeState(clock, settings);
    this.signals = new StreamSignals(clock);
    const { memory, state } = this;
    this.announce = new AnnounceChange(this.signals, this.metrics);
    const drift = new DriftLedger(this.metrics);
    const save = new SaveObserved(streams, this.announce, this.signals, this.metrics);
    const check = new CheckNode(node, state, settings);
    const judge = new JudgeRefusal(node, state, settings);
    const apply = new ApplyPath(streams, node, memory, state, judge, save, settings, clock);
    this.lease = new HeldLease(this.leases, state, memory, drift, settings, clock);
    this.writer = new PathWriter(clock, settings, apply, this.lease);
    const lookAt = new LookAtStream(node, memory, save, settings, clock);
    this.probes = new ProbeSilent(
      world.cameras,
      streams,
      memory,
      state,
      lookAt,
      this.writer,
      this.lease,
      settings,
      clock,
    );
    this.follow = new FollowStream(streams, memory, state, lookAt, this.probes, settings, clock);
    this.reconcileNode = new ReconcileNode(
      node,
      streams,
      memory,
      state,
      this.writer,
      save,
      this.probes,
      new ReadAgent(world.agent, state, clock),
      new HearFaults(streams, memory, clock),
      new KeepBootFile(world.agent, streams, memory, state, this.lease, settings),
      new FindUnexplained(streams, world.directory, memory, state, settings, clock),
      new AuditConfig(node, streams, memory, state, check, drift, settings, clock),
      drift,
      this.metrics,
      settings,
      clock,
    );
    this.reconcileStream = new ReconcileStream(this.writer, this.follow, save, state);
    this.askFirst = new AskFirst(
      world.cameras,
      streams,
      memory,
      state,
      save,
      this.reconcileStream,
      this.lease,
      settings,
      clock,
    );
    const nodes = new Nodes([
      {
        id: settings.nodeId,
        reconcile: this.reconcileStream,
        askFirst: this.askFirst,
        client: node,
        clockwork: NO_CLOCKWORK,
        vitals: new ReadVitals(this.lease, this.writer),
      },
    ]);
    this.startStream = new StartStream(
      streams,
      nodes,
      this.announce,
      this.signals,
      configured(settings),
      clock,
    );
    this.patchStream = new PatchStream(streams, nodes, this.announce);
    this.retryStream = new RetryStream(streams, nodes, this.announce);
    this.stopStream = new StopStream(streams, nodes, this.announce);
  }

  /** Accepted, and everything done that needs no time to pass. */
  async start(cameraId = 'gate-3', given: Partial<StartRequest> = {}): Promise<StreamRecord> {
    const stream = await this.startStream.execute(aStart(cameraId, given), {
      waitMs: 0,
      signal: NEVER,
    });
    await settled();
    return stream;
  }

  async stop(id: string): Promise<StreamRecord> {
    const stream = await this.stopStream.execute(id);
    await settled();
    return stream;
  }

  /** One tick by the holder of the lease, and the writes that it hands out. */
  async tick(): Promise<TickResult> {
    const result = await this.reconcileNode.execute(await this.hold());
    await settled();
    return result;
  }

  /** Ticks for so many ms, one every 5 s, the first one at once. */
  async run(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= TICK_MS) {
      await this.tick();
      await this.clock.advance(Math.min(TICK_MS, leftMs));
    }
    await this.tick();
  }

  async hold(): Promise<Fence> {
    await this.lease.renew();
    const fence = this.lease.current;
    if (fence === null) {
      throw new Error('the lease is held by another process');
    }
    this.streams.currentFence = fence;
    return fence;
  }

  stateOf(stream: { id: string }): StreamState {
    return this.streams.stateOf(stream.id);
  }

  /** `STARTING→RUNNING` and the like, oldest first. */
  storyOf(stream: { id: string }): string[] {
    return this.streams
      .eventsOf(stream.id)
      .map(({ fromStatus, toStatus, reason }) =>
        [`${fromStatus ?? 'new'}→${toStatus}`, ...(reason === null ? [] : [reason])].join(' '),
      );
  }
}

export function aStart(cameraId = 'gate-3', given: Partial<StartRequest> = {}): StartRequest {
  return {
    cameraId,
    source: {
      url: 'rtsp://192.168.1.20:554/stream1',
      secret: { userInfo: null, query: null },
    },
    onDemand: false,
    transport: 'tcp',
    labels: {},
    ...given,
  };
}

/** As the only place there is for a stream, and without a limit. */
export function onNode(nodeId: string): readonly Place[] {
  return [{ nodeId, capacity: null }];
}
