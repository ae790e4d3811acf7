import { Reason } from '../../domain/reason.js';
import { type SourceFailure } from '../../domain/source-report.js';

/** Ends a probe with a code. Holds no text of the other side. */
export class ProbeFailure extends Error {
  constructor(readonly code: SourceFailure) {
    super(code);
  }
}

/** What RTSP has taken over from HTTP. */
export const BY_STATUS: Readonly<Record<number, SourceFailure>> = {
  401: Reason.sourceAuthFailed,
  403: Reason.sourceAuthFailed,
  404: Reason.sourceNotFound,
  410: Reason.sourceNotFound,
  503: Reason.sourceBusy,
};

const BY_CODE: Readonly<Record<string, SourceFailure>> = {
  ENOTFOUND: Reason.sourceDns,
  EAI_AGAIN: Reason.sourceDns,
  EAI_FAIL: Reason.sourceDns,
  ECONNREFUSED: Reason.sourceRefused,
  EHOSTUNREACH: Reason.sourceUnreachable,
  ENETUNREACH: Reason.sourceUnreachable,
  EADDRNOTAVAIL: Reason.sourceUnreachable,
  EACCES: Reason.sourceUnreachable,
  ETIMEDOUT: Reason.sourceTimeout,
};

/** Of TLS: the certificate, the host name in it, or what answers speaks no TLS. */
const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_|EPROTO)/;

/** What an error of a socket says about the source; a connection that breaks speaks no protocol. */
export function failureOf(err: unknown): SourceFailure {
  if (err instanceof ProbeFailure) {
    return err.code;
  }
  const code = codeOf(err);
  return BY_CODE[code] ?? (TLS_CODE.test(code) ? Reason.sourceTls : Reason.sourceProtocol);
}

/** Of several addresses that were tried, the last one counts. */
function codeOf(err: unknown): string {
  const { code, errors } = (err ?? {}) as { code?: unknown; errors?: readonly unknown[] };
  if (errors !== undefined && errors.length > 0) {
    return codeOf(errors.at(-1));
  }
  return typeof code === 'string' ? code : '';
}
