/**
 * One tick: compare what is wanted with what is observed, and let the writer close the gap.
 *
 * The listing comes first and the rows second: a stream that was started in between is then missing
 * from the look, not from the rows, and rows whose intent is newer than the look are left for the
 * next tick. A look that is inconclusive ends the tick: nothing is touched on a guess. In a steady
 * state this is one GET and one SELECT, and no write anywhere.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type Observation } from '../domain/fold.js';
import { type PathSample } from '../domain/look.js';
import { type Action, planPath } from '../domain/plan.js';
import { type Fence } from '../domain/ports/node-leases.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { StreamingMetrics } from '../domain/ports/streaming-metrics.js';
import { Stream, type StreamChange, type StreamState, isWanted } from '../domain/stream.js';
import { type PathResult } from './apply-path.js';
import { AuditConfig } from './audit-config.js';
import { DriftLedger } from './drift-ledger.js';
import { FindUnexplained, type Unexplained } from './find-unexplained.js';
import { HearFaults } from './hear-faults.js';
import { KeepBootFile } from './keep-boot-file.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { PathWriter } from './path-writer.js';
import { ProbeSilent } from './probe-silent.js';
import { type HeardReport, ReadAgent } from './read-agent.js';
import { SaveObserved } from './save-observed.js';
import { StreamingSettings } from './streaming-settings.js';
import { type Priority } from './write-queue.js';

export interface TickResult {
  readonly isConclusive: boolean;
  /** Paths handed to the writer. */
  readonly enqueued: number;
  readonly saved: number;
  /** When the next look would show that a silent camera is to be asked; null: no sooner than usual. */
  readonly lookAgainInMs: number | null;
  /** Resolves when those paths were written; a tick itself never waits for the writer. */
  readonly written: Promise<readonly PathResult[]>;
}

/** Nothing was learnt: the node did not answer, or is left alone for having failed. */
const INCONCLUSIVE: TickResult = {
  isConclusive: false,
  enqueued: 0,
  saved: 0,
  lookAgainInMs: null,
  written: Promise.resolve([]),
};

type Write = Parameters<PathWriter['enqueue']>[0];

/** Too low: a large site is read twice at each tick. Too high: what is newer than a look counts. */
const SLOW_SELECT_MS = 1_000;

interface LookedAt {
  readonly paths: ReadonlyMap<string, PathSample>;
  readonly startedMs: number;
  /** What it shows, it shows as of then: whatever is waited for after that must not make it younger. */
  readonly answeredMs: number;
  /** What the node's agent says; null: it has none, or it says nothing. */
  readonly report: HeardReport | null;
}

interface Silent {
  readonly state: StreamState;
  readonly observation: Observation;
}

interface Planned {
  readonly actions: Map<string, Action>;
  readonly changes: StreamChange[];
  /** Those whose camera is to be asked soon, or now. */
  readonly silent: readonly Silent[];
  /** Those that the node has had, should have, and does not have. */
  readonly absent: readonly string[];
}

@Injectable()
export class ReconcileNode {
  constructor(
    private readonly client: MediaMtxClient,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly writer: PathWriter,
    private readonly save: SaveObserved,
    private readonly probes: ProbeSilent,
    private readonly readAgent: ReadAgent,
    private readonly hearFaults: HearFaults,
    private readonly bootFile: KeepBootFile,
    private readonly findUnexplained: FindUnexplained,
    private readonly audit: AuditConfig,
    private readonly drift: DriftLedger,
    private readonly metrics: StreamingMetrics,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /** @param signal ends the look early; the tick is then inconclusive */
  async execute(fence: Fence, signal?: AbortSignal): Promise<TickResult> {
    if (!this.node.mayCall) {
      return INCONCLUSIVE;
    }
    const startedMs = this.clock.monotonicMs();
    this.node.callBegan();
    const asked = this.readAgent.execute(signal);
    const look = await this.client.look(signal);
    const answeredMs = this.clock.monotonicMs();
    const report = await asked;
    if (look.kind === 'inconclusive') {
      if (signal?.aborted === true) {
        // Broken off by ourselves: that says nothing about the node.
        return INCONCLUSIVE;
      }
      this.metrics.lookedInVain();
      this.node.lookFailed(look.cause, startedMs);
      this.memory.pause();
      return INCONCLUSIVE;
    }
    this.node.lookAnswered();
    return this.reconcile({ paths: look.paths, startedMs, answeredMs, report }, fence, signal);
  }

  private async reconcile(
    look: LookedAt,
    fence: Fence,
    signal: AbortSignal | undefined,
  ): Promise<TickResult> {
    const rows = await this.workingSet(look.startedMs);
    await this.hearFaults.execute(rows, look.report);
    const { actions, changes, silent, absent } = this.planAll(rows, look);
    this.drift.saw('absent', absent);
    const paths = new Set(rows.map(({ path }) => path));
    this.memory.sawReaders(look.paths, paths);
    const wanted = this.wanted(actions);
    const { saved, unexplained } = await this.record(changes, fence, { look, paths }).catch(
      (err: unknown) => {
        // Rows that cannot be written are no reason to leave a path absent.
        void this.handOver(this.allowed(rows, wanted), look);
        throw err;
      },
    );
    this.node.looked();
    this.bootFile.execute(rows, look.report, fence);
    this.memory.forgetEnded(new Set(rows.map(({ id }) => id)), this.clock.monotonicMs());
    this.drift.saw('unwanted', unexplained.strangers);
    const lookAgainInMs = this.askSilent(silent);
    const writes = this.allowed(rows, [...wanted, ...unexplained.remove.map(removal)]);
    const written = this.handOver(writes, look);
    // Last, since it may take as long as a deadline: what is absent must not wait for it.
    written.push(...(await this.mend(signal)));
    return {
      isConclusive: true,
      enqueued: written.length,
      saved,
      lookAgainInMs,
      written: Promise.all(written),
    };
  }

  /**
   * Asked again when the answer was long in coming, as from a busy pool: rows are held against the
   * look by their age, and the age of the look that was sent along was not true any more.
   */
  private async workingSet(lookStartedMs: number): Promise<readonly StreamState[]> {
    const { nodeId } = this.settings;
    const askedMs = this.clock.monotonicMs();
    const rows = await this.streams.workingSet(nodeId, askedMs - lookStartedMs);
    const answeredMs = this.clock.monotonicMs();
    return answeredMs - askedMs < SLOW_SELECT_MS
      ? rows
      : this.streams.workingSet(nodeId, answeredMs - lookStartedMs);
  }

  /** What the look has shown is written down, and only then a look that somebody may rely on. */
  private async record(
    changes: readonly StreamChange[],
    fence: Fence,
    { look, paths }: { look: LookedAt; paths: ReadonlySet<string> },
  ): Promise<{ saved: number; unexplained: Unexplained }> {
    const { size: saved } = await this.save.execute(changes, fence);
    return { saved, unexplained: await this.findUnexplained.execute(look.paths, paths) };
  }

  private handOver(writes: readonly Write[], { startedMs }: LookedAt): Promise<PathResult>[] {
    return writes.map((write) => this.writer.enqueue({ ...write, lookedAtMs: startedMs }));
  }

  /** What was altered by hand is handed over like everything else. */
  private async mend(signal: AbortSignal | undefined): Promise<Promise<PathResult>[]> {
    const lookedAtMs = this.clock.monotonicMs();
    const drifted = await this.audit.execute(signal);
    return drifted.map(async (path) => {
      const write = { path, priority: this.priorityOf(path), lookedAtMs };
      const result = await this.writer.enqueue(write);
      this.audit.wrote(path, result);
      return result;
    });
  }

  private planAll(
    rows: readonly StreamState[],
    { paths, startedMs, answeredMs }: LookedAt,
  ): Planned {
    const time = { lookStartedMs: startedMs, nowMs: answeredMs };
    const actions = new Map<string, Action>();
    const changes: StreamChange[] = [];
    const silent: Silent[] = [];
    const absent: string[] = [];
    for (const [path, states] of byPath(rows)) {
      const planned = planPath(
        states.map((state) => new Stream(state)),
        ({ snapshot }) => {
          const observation = this.memory.observe(snapshot, paths.get(path) ?? null, time);
          if (observation.kind === 'present' && observation.probeInMs !== null) {
            silent.push({ state: snapshot, observation });
          }
          if (observation.kind === 'absent' && isMissed(snapshot)) {
            absent.push(path);
          }
          return observation;
        },
        this.settings,
      );
      actions.set(path, planned.action);
      changes.push(...planned.changes);
    }
    return { actions, changes, silent, absent };
  }

  /** @returns in how many ms another look is worth it, for the sake of one that fell silent just now */
  private askSilent(silent: readonly Silent[]): number | null {
    const waits = silent.map(({ state, observation }) => this.probes.consider(state, observation));
    return waits.reduce<number | null>(
      (soonest, inMs) => (inMs === null ? soonest : Math.min(inMs, soonest ?? inMs)),
      null,
    );
  }

  private wanted(actions: ReadonlyMap<string, Action>): Write[] {
    return [...actions].flatMap(([path, action]) =>
      action === 'none'
        ? []
        : [{ path, priority: this.priorityOf(path), mustRestart: action === 'restart' }],
    );
  }

  /**
   * A poisoned node refuses everything, so one write per tick asks whether it still is: a restart
   * heals it, and then nothing may wait. Once a minute all our own paths are replaced until one
   * passes, which heals the node when the poisoned path is ours.
   */
  private allowed(rows: readonly StreamState[], writes: Write[]): Write[] {
    if (!this.node.isPoisoned) {
      if (writes.length === 0 && !this.audit.isMending) {
        this.node.nothingToWrite();
      }
      return writes;
    }
    const own = rows.filter((row) => row.desired === 'RUNNING').map(({ path }) => path);
    if (own.length === 0 && writes.length === 0) {
      this.node.nothingToWrite();
    }
    if (!this.node.takeSweep()) {
      return writes.slice(0, 1);
    }
    const isPlanned = new Set(writes.map(({ path }) => path));
    const sweep = own.filter((path) => !isPlanned.has(path));
    return [
      ...writes,
      ...sweep.map((path) => ({
        path,
        priority: this.priorityOf(path),
        onlyWhilePoisoned: true,
      })),
    ];
  }

  private priorityOf(path: string): Priority {
    return this.memory.hadReaders(path) ? 'watched' : 'background';
  }
}

function isMissed(state: StreamState): boolean {
  return isWanted(state) && state.appliedGeneration === state.generation;
}

function removal(path: string): Write {
  return { path, priority: 'background', mayRemoveUnknown: true };
}

function byPath(rows: readonly StreamState[]): Map<string, StreamState[]> {
  const groups = new Map<string, StreamState[]>();
  for (const row of rows) {
    const group = groups.get(row.path);
    if (group === undefined) {
      groups.set(row.path, [row]);
    } else {
      group.push(row);
    }
  }
  return groups;
}
