/**
 * Runs something again and again, never twice at once. A poke during a run makes it run once more;
 * a failure is said once, with its end and length, and never ends the loop.
 */
import { Logger } from '@nestjs/common';

import { type Clock } from '#kernel/clock.js';
import { Episode } from '#kernel/episode.js';

/** What a run may answer: one that was skipped says neither that it works nor that it fails. */
export type RunResult = 'done' | 'skipped';

export interface LoopLabel {
  readonly name: string;
  /** What its lines are about, as `context` says it. */
  readonly context: string;
  /** Said with every line: of several loops of one name, which one it is. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export class BackgroundLoop {
  private readonly failing: Episode;
  private running: Promise<void> | null = null;
  private isDirty = false;
  private isStopped = false;
  private readonly pokes = new Set<NodeJS.Timeout>();

  constructor(
    { name, context, facts = {} }: LoopLabel,
    private readonly run: () => Promise<unknown>,
    clock: Clock,
  ) {
    this.failing = new Episode(new Logger(context), clock, {
      begins: `${name} fails; it is tried again`,
      ends: `${name} works again`,
      facts,
    });
  }

  /** Runs now, or once more after the run that is under way. */
  poke(): void {
    if (this.isStopped) {
      return;
    }
    if (this.running !== null) {
      this.isDirty = true;
      return;
    }
    this.running = this.once().finally(() => {
      this.running = null;
      if (this.isDirty) {
        this.isDirty = false;
        this.poke();
      }
    });
  }

  /** For an interval: a run that is still under way is enough. */
  tick(): void {
    if (this.running === null) {
      this.poke();
    }
  }

  pokeIn(ms: number): void {
    if (this.isStopped) {
      return;
    }
    const timer = setTimeout(() => {
      this.pokes.delete(timer);
      this.poke();
    }, ms);
    this.pokes.add(timer);
  }

  /** Forgets the pokes that are still to come. */
  cancelPokes(): void {
    this.pokes.forEach((timer) => {
      clearTimeout(timer);
    });
    this.pokes.clear();
  }

  /** Its runs are skipped from now on, so none of them will tell whether it works again. */
  leave(): void {
    this.failing.leave();
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancelPokes();
    await this.running;
    this.leave();
  }

  private async once(): Promise<void> {
    try {
      if ((await this.run()) !== 'skipped') {
        this.failing.end();
      }
    } catch (err) {
      this.failing.begin({ err });
    }
  }
}
