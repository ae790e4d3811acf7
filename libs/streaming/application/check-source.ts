import { Injectable } from '@nestjs/common';

import { AppError } from '#kernel/app-error.js';
import { Clock } from '#kernel/clock.js';

import { SourceProbe } from '../domain/ports/source-probe.js';
import { type SourceReport } from '../domain/source-report.js';
import { type SourceUrl } from '../domain/source-url.js';

/** Too low: an importer of a site is turned away. Too high: callers wait for minutes behind others. */
const MAX_CHECKS = 32;
/** Too low: an importer takes an hour. Too high: a loop with a wrong password locks many accounts. */
const MAX_PER_MINUTE = 120;
const MINUTE_MS = 60_000;

export class TooManyChecks extends AppError {
  constructor() {
    super(
      'unavailable',
      'source.checks_busy',
      `At most ${MAX_CHECKS} sources are checked at once, and ${MAX_PER_MINUTE} in a minute. Try again in a few seconds.`,
    );
  }
}

/** Asks a source itself, without a stream: nothing is kept, and no node is involved. */
@Injectable()
export class CheckSource {
  private underWay = 0;
  private begunAtMs: readonly number[] = [];

  constructor(
    private readonly probe: SourceProbe,
    private readonly clock: Clock,
  ) {}

  /** @param signal ends it early, when nobody waits for the answer any more @throws TooManyChecks, ProbeAborted */
  async execute(source: SourceUrl, signal: AbortSignal): Promise<SourceReport> {
    const nowMs = this.clock.monotonicMs();
    this.begunAtMs = this.begunAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (this.underWay >= MAX_CHECKS || this.begunAtMs.length >= MAX_PER_MINUTE) {
      throw new TooManyChecks();
    }
    this.begunAtMs = [...this.begunAtMs, nowMs];
    this.underWay += 1;
    try {
      return await this.probe.probe(source, { signal, isPatient: true });
    } finally {
      this.underWay -= 1;
    }
  }
}
