import { AppError } from '#kernel/app-error.js';

import { type SourceReport } from '../source-report.js';
import { type SourceUrl } from '../source-url.js';

export interface Asking {
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Asked when its turn comes, which may be minutes later. */
  readonly isStillDue?: () => boolean;
  /** Not the first question about a silent path: those must not wait behind this one. */
  readonly isPatient?: boolean;
}

/** Nothing was learnt: it was ended early, or nobody wants to know any more. */
export class ProbeAborted extends AppError {
  constructor() {
    super('unavailable', 'source.check_aborted', 'This instance is being stopped. Try again.');
  }
}

/** Asks a camera directly. Bounded in time, bytes and redirects. */
export abstract class SourceProbe {
  /**
   * At most one connection per host and port, and eight in all: others wait. A password is tried
   * once. @throws ProbeAborted
   */
  abstract probe(source: SourceUrl, asking?: Asking): Promise<SourceReport>;
}
