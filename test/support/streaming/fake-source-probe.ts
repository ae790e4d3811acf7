/** Cameras that answer what a test says, and count how often they are asked. */
import { SourceProbe } from '#streaming/domain/ports/source-probe.js';
import { type SourceReport } from '#streaming/domain/source-report.js';
import { type SourceUrl } from '#streaming/domain/source-url.js';

export class FakeSourceProbe extends SourceProbe {
  /** By URL; every other camera says nothing that helps. */
  readonly reports = new Map<string, SourceReport>();
  /** The URLs that were asked, in order. */
  readonly asked: string[] = [];
  /** What is asked from now on is answered when this resolves. */
  gate: Promise<void> | null = null;

  override async probe({ url }: SourceUrl): Promise<SourceReport> {
    this.asked.push(url);
    await this.gate;
    return this.reports.get(url) ?? { kind: 'unknown' };
  }
}
