import { describe, expect, it } from '@jest/globals';

import { aStart } from '#test/support/streaming/control-plane.js';

import { SourceProbe } from '../domain/ports/source-probe.js';
import { type SourceReport } from '../domain/source-report.js';
import { CheckSource, TooManyChecks } from './check-source.js';

const REPORT: SourceReport = { kind: 'failed', code: 'SOURCE_DNS' };
const { signal } = new AbortController();

class HeldProbe extends SourceProbe {
  private readonly waiting: (() => void)[] = [];

  override async probe(): Promise<SourceReport> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return REPORT;
  }

  release(): void {
    this.waiting.splice(0).forEach((resolve) => resolve());
  }
}

describe('CheckSource', () => {
  it('answers what the source has said, and turns callers away who are too many', async () => {
    const probe = new HeldProbe();
    const check = new CheckSource(probe);
    const ask = (): Promise<SourceReport> => check.execute(aStart().source, signal);
    const all = Array.from({ length: 32 }, ask);
    await expect(ask()).rejects.toThrow(TooManyChecks);
    probe.release();
    expect(await Promise.all(all)).toEqual(Array(32).fill(REPORT));
    const next = ask();
    probe.release();
    expect(await next).toEqual(REPORT);
  });
});
