import { Injectable } from '@nestjs/common';

import { AppError } from '#kernel/app-error.js';

import { SourceProbe } from '../domain/ports/source-probe.js';
import { type SourceReport } from '../domain/source-report.js';
import { type SourceUrl } from '../domain/source-url.js';

/** Too low: an importer of a site is turned away. Too high: callers wait for minutes behind others. */
const MAX_CHECKS = 32;

export class TooManyChecks extends AppError {
  constructor() {
    super(
      'unavailable',
      'source.checks_busy',
      `${MAX_CHECKS} sources are being checked already. Try again in a few seconds.`,
    );
  }
}

/** Asks a source itself, without a stream: nothing is kept, and no node is involved. */
@Injectable()
export class CheckSource {
  private underWay = 0;

  constructor(private readonly probe: SourceProbe) {}

  /** @param signal ends it early, when nobody waits for the answer any more @throws TooManyChecks, ProbeAborted */
  async execute(source: SourceUrl, signal: AbortSignal): Promise<SourceReport> {
    if (this.underWay >= MAX_CHECKS) {
      throw new TooManyChecks();
    }
    this.underWay += 1;
    try {
      return await this.probe.probe(source, { signal, isPatient: true });
    } finally {
      this.underWay -= 1;
    }
  }
}
