/**
 * Takes what the node's agent has read in the log of MediaMTX for an answer of the camera: it was
 * dialled already, and need not be dialled by us. What is older than what is asked for now, or than
 * the last media, says nothing.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { rememberTold } from '../domain/fold.js';
import { type ReportedFault } from '../domain/ports/node-agent.js';
import { type SourceFault, TOLD_FOR_MS } from '../domain/probing.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { type StreamState, isWanted } from '../domain/stream.js';
import { NodeMemory } from './node-memory.js';
import { type HeardReport } from './read-agent.js';

interface Heard {
  readonly state: StreamState;
  readonly fault: SourceFault;
}

@Injectable()
export class HearFaults {
  constructor(
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly clock: Clock,
  ) {}

  async execute(rows: readonly StreamState[], report: HeardReport | null): Promise<void> {
    const news = report === null ? [] : rows.flatMap((state) => this.newsOf(state, report));
    const ages = await this.intentAges(news);
    // After they were read: an intent must not look older than it is, or an old fault is charged to it.
    const nowMs = this.clock.monotonicMs();
    for (const { state, fault } of news) {
      const intentMs = nowMs - (ages.get(state.id) ?? Number.POSITIVE_INFINITY);
      if (fault.atMs > intentMs) {
        this.memory.updateGeneration(state, nowMs, (memo) => rememberTold(memo, fault, nowMs));
      }
    }
  }

  /** The database is asked only when a fault would say something that is not known yet. */
  private async intentAges(news: readonly Heard[]): Promise<ReadonlyMap<string, number>> {
    const unknown = news.filter(({ state, fault }) => !this.isKnown(state, fault));
    return unknown.length === 0
      ? new Map()
      : this.streams.intentAges(unknown.map(({ state }) => state.id));
  }

  private isKnown({ id, generation }: StreamState, { code }: SourceFault): boolean {
    const { cause, isAgreed } = this.memory.probingOf(id);
    return isAgreed && cause === code && this.memory.generationOf(id) === generation;
  }

  private newsOf(state: StreamState, { faults, askedMs }: HeardReport): Heard[] {
    const found = faults.get(state.path);
    // Nobody pulls an idle camera on demand: what failed was somebody's wish to watch.
    if (found === undefined || !isOfNow(found) || !isWanted(state) || state.onDemand) {
      return [];
    }
    const fault = { code: found.code, atMs: askedMs - found.ageMs, mark: found.mark };
    return this.memory.isNews(state.id, fault) ? [{ state, fault }] : [];
  }
}

/** What is wrong is told again with each dial; an older fault may be that of a camera that was well since. */
function isOfNow({ ageMs, isOver }: ReportedFault): boolean {
  return !isOver && ageMs >= 0 && ageMs <= TOLD_FOR_MS;
}
