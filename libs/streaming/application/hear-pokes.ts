/**
 * Listens to the node's agent for hints that something has happened there. Only the holder of the
 * lease listens: nobody else looks. What is missed is found by the next look, as ever.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { NodeAgent, type Poke } from '../domain/ports/node-agent.js';
import { HeldLease } from './held-lease.js';

/** Too low: a flood of hints is a flood of calls. Too high: hints come late. */
const PAUSE_MS = 50;
/** Without the lease, and after a call that said nothing. */
const RETRY_MS = 1_000;

/** It may have ended with its MediaMTX: a look tells. */
const LOST: readonly Poke[] = [{ kind: 'lost', path: null }];
/** What it had to say meanwhile is over; the first answer only says where to begin. */
const BACK: readonly Poke[] = [{ kind: 'restarted', path: null }];

@Injectable()
export class HearPokes {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private after: number | null = null;

  constructor(
    private readonly agent: NodeAgent,
    private readonly lease: HeldLease,
    private readonly clock: Clock,
  ) {}

  start(onPokes: (pokes: readonly Poke[]) => void): void {
    if (this.agent.isPresent) {
      this.running = this.listen(onPokes);
    }
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async listen(onPokes: (pokes: readonly Poke[]) => void): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isHeard = this.lease.current !== null && (await this.hear(onPokes));
      await this.clock.delay(isHeard ? PAUSE_MS : RETRY_MS, signal);
    }
  }

  private async hear(onPokes: (pokes: readonly Poke[]) => void): Promise<boolean> {
    const { after } = this;
    const heard = await this.agent.pokes(after, this.stopping.signal);
    if (this.stopping.signal.aborted) {
      return false;
    }
    const isHeard = heard.kind === 'complete';
    this.after = isHeard ? heard.seq : null;
    if (isHeard) {
      onPokes(after === null ? BACK : heard.pokes);
    } else if (after !== null) {
      onPokes(LOST);
    }
    return isHeard;
  }
}
