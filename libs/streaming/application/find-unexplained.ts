/**
 * Which paths under our prefix should go although no stream of the working set speaks of them: those
 * that were stopped, and strangers, once it is sure that the database is the right one.
 */
import { Injectable, Logger } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { isUnderPrefix } from '../domain/camera-path.js';
import { type PathSample, ownSample } from '../domain/look.js';
import { type OrphanVerdict, type UnexplainedPaths, judgeUnexplained } from '../domain/orphans.js';
import { NodeDirectory } from '../domain/ports/node-directory.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { type Desired } from '../domain/stream-status.js';
import { CANARY_NAME } from './judge-refusal.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { StreamingSettings } from './streaming-settings.js';

/** Too many make a line that nobody reads; `count` says how many there are. */
const MAX_NAMED = 20;

export interface Unexplained {
  readonly remove: readonly string[];
  /** What is left of a stream that was just stopped is none of them: it is no drift. */
  readonly strangers: readonly string[];
}

@Injectable()
export class FindUnexplained {
  private readonly logger = new Logger('Node');
  /** Strangers that are to go and were still there at the last look. */
  private leaving: ReadonlySet<string> = new Set();

  constructor(
    private readonly streams: StreamRepository,
    private readonly directory: NodeDirectory,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly settings: StreamingSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * @param paths of a complete look
   * @param explained paths of the working set
   * @returns the paths to remove, and those of them that no stream has ever had
   */
  async execute(
    paths: ReadonlyMap<string, PathSample>,
    explained: ReadonlySet<string>,
  ): Promise<Unexplained> {
    const own = [...paths.values()].filter(
      (sample) =>
        ownSample(sample) !== null && isUnderPrefix(this.settings.pathPrefix, sample.name),
    );
    const names = own.map(({ name }) => name).filter((name) => !explained.has(name));
    const newestDesired = await this.newestDesired(names);
    const verdict = await this.judge({ names, newestDesired, pathsUnderPrefix: own.length });
    this.memory.orphansSinceMs = verdict.firstSeenMs;
    this.node.braked(verdict.isBraked ? verdict.firstSeenMs.size : 0);
    const strangers = verdict.remove.filter((name) => !newestDesired.has(name));
    this.sayStrangers(strangers);
    return { remove: verdict.remove, strangers };
  }

  /** No stream tells of them, so nothing else would. Once each: until it is gone, each tick asks for it. */
  private sayStrangers(names: readonly string[]): void {
    const found = names.filter((name) => !this.leaving.has(name));
    this.leaving = new Set(names);
    if (found.length > 0) {
      this.logger.warn(
        {
          nodeId: this.settings.nodeId,
          count: found.length,
          paths: found.slice(0, MAX_NAMED),
        },
        'paths that no stream in the database knows are removed',
      );
    }
  }

  private async newestDesired(names: readonly string[]): Promise<ReadonlyMap<string, Desired>> {
    if (names.length === 0) {
      return new Map();
    }
    const newest = await this.streams.newestDesired(this.settings.nodeId, names);
    // Left behind by a process that died between writing and removing it; no camera has this name.
    return newest.set(`${this.settings.pathPrefix}/${CANARY_NAME}`, 'STOPPED');
  }

  /** The operator's word is asked for only when it is needed: not in a steady state. */
  private async judge(seen: UnexplainedPaths): Promise<OrphanVerdict> {
    const judged = (isAdopted: boolean): OrphanVerdict =>
      judgeUnexplained(seen, this.memory.orphansSinceMs, this.clock.monotonicMs(), {
        graceMs: this.settings.orphanGraceMs,
        isAdopted,
      });
    const verdict = judged(false);
    return verdict.isBraked && (await this.directory.isAdopted(this.settings.nodeId))
      ? judged(true)
      : verdict;
  }
}
