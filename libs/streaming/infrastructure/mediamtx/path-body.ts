import { type PathSpec } from '../../domain/ports/media-mtx-client.js';
import { fullSourceUrl } from '../../domain/source-url.js';

/** The fields that we send, and no others: the control API can run commands on the node. */
export interface PathBody {
  readonly source: string;
  readonly sourceOnDemand: boolean;
  readonly rtspTransport: string;
}

/** Built from a whitelist; nothing of a caller's JSON passes through. */
export function pathBody(spec: PathSpec): PathBody {
  return {
    source: fullSourceUrl(spec.source),
    sourceOnDemand: spec.onDemand,
    rtspTransport: spec.transport,
  };
}
