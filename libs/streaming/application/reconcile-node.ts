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

import { isUnderPrefix } from '../domain/camera-path.js';
import { type PathSample, ownSample } from '../domain/look.js';
import { judgeUnexplained } from '../domain/orphans.js';
import { type Action, planPath } from '../domain/plan.js';
import { type Fence } from '../domain/ports/node-leases.js';
import { MediaMtxClient } from '../domain/ports/media-mtx-client.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { Stream, type StreamChange, type StreamState } from '../domain/stream.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { PathWriter } from './path-writer.js';
import { SaveObserved } from './save-observed.js';
import { StreamingSettings } from './streaming-settings.js';

export interface TickResult {
  readonly isConclusive: boolean;
  /** Paths handed to the writer. */
  readonly enqueued: number;
  readonly saved: number;
  /** Resolves when those paths were written; a tick itself never waits for the writer. */
  readonly written: Promise<unknown>;
}

interface LookedAt {
  readonly paths: ReadonlyMap<string, PathSample>;
  readonly startedMs: number;
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
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  async execute(fence: Fence): Promise<TickResult> {
    const startedMs = this.clock.monotonicMs();
    const look = await this.client.look();
    if (look.kind === 'inconclusive') {
      this.node.failed(look.cause);
      this.memory.pause();
      return { isConclusive: false, enqueued: 0, saved: 0, written: Promise.resolve() };
    }
    this.node.looked();
    return this.reconcile({ paths: look.paths, startedMs }, fence);
  }

  private async reconcile(look: LookedAt, fence: Fence): Promise<TickResult> {
    const lookAgeMs = this.clock.monotonicMs() - look.startedMs;
    const rows = await this.streams.workingSet(this.settings.nodeId, lookAgeMs);
    const { actions, changes } = this.planAll(rows, look);
    const saved = await this.save.execute(changes, fence);
    const unexplained = await this.unexplained(look, new Set(rows.map(({ path }) => path)));
    this.memory.sawReaders(look.paths);
    this.memory.forgetEnded(new Set(rows.map(({ id }) => id)), this.clock.monotonicMs());
    await this.learnVersion();
    const writes = [...this.writes(rows, actions), ...unexplained];
    return {
      isConclusive: true,
      enqueued: writes.length,
      saved: saved.size,
      written: Promise.all(writes),
    };
  }

  private planAll(
    rows: readonly StreamState[],
    { paths, startedMs }: LookedAt,
  ): { actions: Map<string, Action>; changes: StreamChange[] } {
    const time = { lookStartedMs: startedMs, nowMs: this.clock.monotonicMs() };
    const actions = new Map<string, Action>();
    const changes: StreamChange[] = [];
    for (const [path, states] of byPath(rows)) {
      const planned = planPath(
        states.map((state) => new Stream(state)),
        ({ snapshot }) => this.memory.observe(snapshot, paths.get(path) ?? null, time),
        this.settings,
      );
      actions.set(path, planned.action);
      changes.push(...planned.changes);
    }
    return { actions, changes };
  }

  /** A poisoned node refuses everything: it is asked once per sweep, and again as soon as it heals. */
  private writes(
    rows: readonly StreamState[],
    actions: ReadonlyMap<string, Action>,
  ): Promise<unknown>[] {
    const isSweep = this.node.takeSweep();
    if (this.node.isPoisoned && !isSweep) {
      return [];
    }
    const wanted = new Set(rows.filter((row) => row.desired === 'RUNNING').map(({ path }) => path));
    return [...actions].flatMap(([path, action]) => {
      if (action === 'none' && !(isSweep && wanted.has(path))) {
        return [];
      }
      const priority = this.memory.hadReaders(path) ? 'watched' : 'background';
      return [this.writer.enqueue({ path, priority, onlyWhilePoisoned: action === 'none' })];
    });
  }

  /** Paths under the prefix that no row of the working set explains: stopped ones, or strangers. */
  private async unexplained(
    { paths }: LookedAt,
    explained: ReadonlySet<string>,
  ): Promise<Promise<unknown>[]> {
    const own = [...paths.values()].filter(
      (sample) =>
        ownSample(sample) !== null && isUnderPrefix(this.settings.pathPrefix, sample.name),
    );
    const names = own.map(({ name }) => name).filter((name) => !explained.has(name));
    const newestDesired =
      names.length === 0
        ? new Map<string, never>()
        : await this.streams.newestDesired(this.settings.nodeId, names);
    const verdict = judgeUnexplained(
      { names, newestDesired, pathsUnderPrefix: own.length },
      this.memory.orphansSinceMs,
      this.clock.monotonicMs(),
      this.settings.orphanGraceMs,
    );
    this.memory.orphansSinceMs = verdict.firstSeenMs;
    this.node.braked(verdict.isBraked, verdict.firstSeenMs.size);
    return verdict.remove.map((path) =>
      this.writer.enqueue({ path, priority: 'background', mayRemoveUnknown: true }),
    );
  }

  private async learnVersion(): Promise<void> {
    if (!this.node.isVersionKnown) {
      const info = await this.client.info();
      if (info !== null) {
        this.node.knows(info.version);
      }
    }
  }
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
