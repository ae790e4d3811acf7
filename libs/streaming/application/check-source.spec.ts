import { describe, expect, it } from '@jest/globals';

import { aStart } from '#test/support/streaming/control-plane.js';
import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { FakeSourceProbe } from '#test/support/streaming/fake-source-probe.js';

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
    const check = new CheckSource(probe, new FakeClock());
    const ask = (): Promise<SourceReport> => check.execute(aStart().source, signal);
    const all = Array.from({ length: 32 }, ask);
    await expect(ask()).rejects.toThrow(TooManyChecks);
    probe.release();
    expect(await Promise.all(all)).toEqual(Array(32).fill(REPORT));
    const next = ask();
    probe.release();
    expect(await next).toEqual(REPORT);
  });

  it('turns away who asks for too many in a minute, one after the other', async () => {
    const clock = new FakeClock();
    const check = new CheckSource(new FakeSourceProbe(), clock);
    const ask = (): Promise<SourceReport> => check.execute(aStart().source, signal);
    for (let i = 0; i < 120; i += 1) await ask();
    await clock.advance(59_999);
    await expect(ask()).rejects.toThrow(TooManyChecks);
    await clock.advance(1);
    expect(await ask()).toEqual({ kind: 'unknown' });
  });
});
