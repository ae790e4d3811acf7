/**
 * Which paths under our prefix should go although no stream of the working set speaks of them: those
 * that were stopped, and strangers, once it is sure that the database is the right one.
 */
import { Injectable } from '@nestjs/common';

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

@Injectable()
export class FindUnexplained {
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
   * @returns the paths to remove
   */
  async execute(
    paths: ReadonlyMap<string, PathSample>,
    explained: ReadonlySet<string>,
  ): Promise<readonly string[]> {
    const own = [...paths.values()].filter(
      (sample) =>
        ownSample(sample) !== null && isUnderPrefix(this.settings.pathPrefix, sample.name),
    );
    const names = own.map(({ name }) => name).filter((name) => !explained.has(name));
    const newestDesired = await this.newestDesired(names);
    const verdict = await this.judge({ names, newestDesired, pathsUnderPrefix: own.length });
    this.memory.orphansSinceMs = verdict.firstSeenMs;
    this.node.braked(verdict.isBraked ? verdict.firstSeenMs.size : 0);
    return verdict.remove;
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
