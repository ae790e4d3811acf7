/**
 * The words beside a status. The API declares `reason` as an open string: a client must accept
 * values that it does not know.
 */
export const Reason = {
  /** On demand: configured as wanted, nobody is watching, so the camera is not pulled. */
  awaitingViewer: 'AWAITING_VIEWER',
  /** Media was flowing and stopped, or the path vanished; it is being brought back. */
  reconnecting: 'RECONNECTING',
  /** The node that should pull this stream did not answer; the start is kept and will be applied. */
  nodeUnreachable: 'NODE_UNREACHABLE',
  /** Stopped; the node may still hold the path until its removal is seen. */
  removalPending: 'REMOVAL_PENDING',
  /** No media within the deadline, cause unknown. */
  sourceNoMedia: 'SOURCE_NO_MEDIA',
  /** The camera refused the credentials. */
  sourceAuthFailed: 'SOURCE_AUTH_FAILED',
  /** MediaMTX refuses this stream's own configuration. */
  mediaMtxRejected: 'MEDIAMTX_REJECTED',
} as const;

/** Codes of `error` and `lastError`, each with a sentence that says what happened and what to do. */
export const ERROR_MESSAGES: Readonly<Record<string, string>> = {
  [Reason.sourceNoMedia]:
    'The source delivered no media within the deadline. Check that the camera is reachable from the MediaMTX node and that its URL and credentials are right; MediaMTX keeps trying.',
  [Reason.mediaMtxRejected]:
    'MediaMTX refuses the configuration of this stream. Stop it and start it again with a corrected source.',
  [Reason.sourceAuthFailed]: 'The camera refused the credentials of the source.',
};

/** Only these may turn a RUNNING stream into ERROR without passing through STARTING. */
export const IMMEDIATE_ERRORS: ReadonlySet<string> = new Set([
  Reason.sourceAuthFailed,
  Reason.mediaMtxRejected,
]);
