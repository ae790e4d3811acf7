/**
 * Takes what the node's agent has read in the log of MediaMTX for an answer of the camera: it was
 * dialled already, and need not be dialled by us. What is older than what is asked for now, or than
 * the last media, says nothing.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { rememberTold } from '../domain/fold.js';
import { type SourceFault } from '../domain/probing.js';
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

  /** Reads the database only when there is news. */
  async execute(rows: readonly StreamState[], report: HeardReport | null): Promise<void> {
    const news = report === null ? [] : rows.flatMap((state) => this.newsOf(state, report));
    if (news.length === 0) {
      return;
    }
    const ages = await this.streams.intentAges(news.map(({ state }) => state.id));
    const nowMs = this.clock.monotonicMs();
    for (const { state, fault } of news) {
      const intentMs = nowMs - (ages.get(state.id) ?? 0);
      if (fault.atMs > intentMs) {
        this.memory.updateGeneration(state, nowMs, (memo) => rememberTold(memo, fault, nowMs));
      }
    }
  }

  private newsOf(state: StreamState, { faults, receivedMs }: HeardReport): Heard[] {
    const found = faults.get(state.path);
    // Nobody pulls an idle camera on demand: what failed was somebody's wish to watch.
    if (found === undefined || !isWanted(state) || state.onDemand) {
      return [];
    }
    const fault = { code: found.code, atMs: receivedMs - found.ageMs, mark: found.mark };
    return this.memory.isNews(state.id, fault) ? [{ state, fault }] : [];
  }
}
