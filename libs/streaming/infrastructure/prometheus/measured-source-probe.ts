import { type Asking, ProbeAborted, SourceProbe } from '../../domain/ports/source-probe.js';
import { type ProbeResult } from '../../domain/ports/streaming-metrics.js';
import { type SourceReport } from '../../domain/source-report.js';
import { type SourceUrl } from '../../domain/source-url.js';
import { type CallMetrics } from './call-metrics.js';

/** A probe whose answers are counted. */
export class MeasuredSourceProbe extends SourceProbe {
  constructor(
    private readonly asked: SourceProbe,
    private readonly metrics: CallMetrics,
  ) {
    super();
  }

  override async probe(source: SourceUrl, asking?: Asking): Promise<SourceReport> {
    try {
      const report = await this.asked.probe(source, asking);
      this.metrics.probed(resultOf(report));
      return report;
    } catch (err) {
      if (err instanceof ProbeAborted) {
        this.metrics.probed('ABORTED');
      }
      throw err;
    }
  }
}

function resultOf(report: SourceReport): ProbeResult {
  switch (report.kind) {
    case 'reachable':
      return 'OK';
    case 'unknown':
      return 'UNKNOWN';
    case 'failed':
      return report.code;
  }
}
