import { type SourceReport } from '../source-report.js';
import { type SourceUrl } from '../source-url.js';

/** Asks a camera directly. Bounded in time, bytes and redirects; never throws. */
export abstract class SourceProbe {
  /**
   * At most one connection per host and port, and eight in all: others wait. A password is tried
   * once. @param signal ends it early; what it answers then means nothing
   */
  abstract probe(source: SourceUrl, signal?: AbortSignal): Promise<SourceReport>;
}
