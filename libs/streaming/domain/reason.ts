/**
 * The words beside a status. The API declares `reason` as an open string: a client must accept
 * values that it does not know.
 */
export const Reason = {
  awaitingViewer: 'AWAITING_VIEWER',
  reconnecting: 'RECONNECTING',
  nodeUnreachable: 'NODE_UNREACHABLE',
  removalPending: 'REMOVAL_PENDING',
  sourceChanged: 'SOURCE_CHANGED',
  mediaMtxRejected: 'MEDIAMTX_REJECTED',
  nodeConfigPoisoned: 'NODE_CONFIG_POISONED',
  sourceDns: 'SOURCE_DNS',
  sourceRefused: 'SOURCE_REFUSED',
  sourceTimeout: 'SOURCE_TIMEOUT',
  sourceUnreachable: 'SOURCE_UNREACHABLE',
  sourceTls: 'SOURCE_TLS',
  sourceAuthFailed: 'SOURCE_AUTH_FAILED',
  sourceNotFound: 'SOURCE_NOT_FOUND',
  sourceProtocol: 'SOURCE_PROTOCOL',
  sourceStalled: 'SOURCE_STALLED',
  sourceNoMedia: 'SOURCE_NO_MEDIA',
  sourceUnsupportedCodec: 'SOURCE_UNSUPPORTED_CODEC',
  sourceBusy: 'SOURCE_BUSY',
} as const;

export type Reason = (typeof Reason)[keyof typeof Reason];

export interface Explanation {
  readonly cause: string;
  /** What a person can do about it. */
  readonly advice: string;
}

/** One sentence each; the one source of what the API and the documents say of a reason. */
export const EXPLANATIONS: Readonly<Record<Reason, Explanation>> = {
  AWAITING_VIEWER: {
    cause: 'On demand and configured as wanted: the camera is pulled as soon as somebody watches.',
    advice: 'Nothing is to be done.',
  },
  RECONNECTING: {
    cause: 'Media was flowing and stopped, or the path vanished; it is being brought back.',
    advice: 'Wait: MediaMTX dials every 5 s, and a path that is gone is put back.',
  },
  NODE_UNREACHABLE: {
    cause: 'The MediaMTX node that should pull this stream does not answer.',
    advice: 'Bring the node back; what was asked for is kept and will be applied.',
  },
  REMOVAL_PENDING: {
    cause: 'The stream is stopped, and its node was not yet seen to have removed the path.',
    advice: 'Nothing is to be done, unless the node is down for good.',
  },
  SOURCE_CHANGED: {
    cause: 'Another source, or another way to pull it, was asked for; media of it is awaited.',
    advice: 'Wait: the camera is dialled as soon as the node has the new configuration.',
  },
  MEDIAMTX_REJECTED: {
    cause: 'MediaMTX refuses the configuration of this stream.',
    advice: 'Correct its source by a PATCH, or stop it and start it again.',
  },
  NODE_CONFIG_POISONED: {
    cause: 'A path that was altered by hand makes the MediaMTX node refuse every write.',
    advice:
      'Replace or delete that path, or rewrite the file of the node; streams stay as they are.',
  },
  SOURCE_DNS: {
    cause: 'The host name of the source does not resolve.',
    advice: 'Check the name in the URL, and the DNS server of the node.',
  },
  SOURCE_REFUSED: {
    cause:
      'The host of the source answers, and refuses the connection: nothing listens on that port.',
    advice: 'Check the port, and that the camera has RTSP switched on and has started.',
  },
  SOURCE_TIMEOUT: {
    cause: 'The source does not answer in time.',
    advice:
      'Check that the camera has power, that its address is right, and that no firewall drops the connection.',
  },
  SOURCE_UNREACHABLE: {
    cause: 'There is no route to the host of the source.',
    advice: 'Check the network between the node and the camera, and the address.',
  },
  SOURCE_TLS: {
    cause:
      'No secure connection to the source comes about: its certificate is not trusted, or it speaks no TLS.',
    advice:
      'Give the camera a certificate that the node trusts, or use the scheme without TLS on a network that you trust.',
  },
  SOURCE_AUTH_FAILED: {
    cause:
      'The camera refuses the credentials of the source, or wants some and there are none; so that it does not lock the account, it is not asked again.',
    advice:
      'Correct user and password by a PATCH of the source; if they are right by now, call retry.',
  },
  SOURCE_NOT_FOUND: {
    cause: 'The camera answers, and knows no stream under this path.',
    advice: 'Check the path and the query of the URL against the manual of the camera.',
  },
  SOURCE_PROTOCOL: {
    cause: 'What answers does not speak the protocol of the URL, or breaks the connection.',
    advice: 'Check scheme and port, and that the device behind them is the camera.',
  },
  SOURCE_STALLED: {
    cause: 'MediaMTX is connected to the source, and no media comes.',
    advice: 'Restart the encoder of the camera; if it goes on, try another transport.',
  },
  SOURCE_NO_MEDIA: {
    cause: 'The source delivered no media within the deadline.',
    advice:
      'Check that the camera is reachable from the MediaMTX node and that its URL and credentials are right; MediaMTX keeps trying.',
  },
  SOURCE_UNSUPPORTED_CODEC: {
    cause: 'The source offers neither video nor audio.',
    advice: 'Choose another stream of the camera, or switch its video on.',
  },
  SOURCE_BUSY: {
    cause: 'The camera has no room for one more viewer.',
    advice:
      'Close other connections to the camera, or use a sub-stream; many allow only a few at a time.',
  },
};

/** What stands in `error.message`; a code of a newer version may have none. */
export function explain(code: string): string {
  const explanation = (EXPLANATIONS as Readonly<Record<string, Explanation | undefined>>)[code];
  return explanation === undefined ? code : `${explanation.cause} ${explanation.advice}`;
}

/** Only these may turn a RUNNING stream into ERROR without passing through STARTING. */
export const IMMEDIATE_ERRORS: ReadonlySet<string> = new Set([
  Reason.sourceAuthFailed,
  Reason.mediaMtxRejected,
]);
