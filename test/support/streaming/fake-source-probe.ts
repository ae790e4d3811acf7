/** Cameras that answer what a test says, and count how often they are asked. */
import { type Asking, ProbeAborted, SourceProbe } from '#streaming/domain/ports/source-probe.js';
import { type SourceReport } from '#streaming/domain/source-report.js';
import { type SourceUrl } from '#streaming/domain/source-url.js';

export class FakeSourceProbe extends SourceProbe {
  /** By URL; every other camera says nothing that helps. */
  readonly reports = new Map<string, SourceReport>();
  /** The URLs that were asked, in order. */
  readonly asked: string[] = [];
  /** What is asked from now on has its turn when this resolves. */
  queue: Promise<void> | null = null;
  /** What is asked from now on is answered when this resolves. */
  gate: Promise<void> | null = null;

  override async probe(
    { url }: SourceUrl,
    { signal, isStillDue }: Asking = {},
  ): Promise<SourceReport> {
    await this.queue;
    const isEnded = (): boolean => signal?.aborted === true;
    if (isEnded() || isStillDue?.() === false) {
      throw new ProbeAborted();
    }
    this.asked.push(url);
    const report = this.reports.get(url) ?? { kind: 'unknown' };
    await this.gate;
    if (isEnded()) {
      throw new ProbeAborted();
    }
    return report;
  }
}
