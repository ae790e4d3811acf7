/** A source as a connection needs it: where to connect, what to ask for, and with which password. */
import { Reason } from '../../domain/reason.js';
import { type SourceUrl, parseSourceUrl } from '../../domain/source-url.js';
import { ProbeFailure } from './probe-failure.js';
import { type Credentials } from './rtsp-authorization.js';

export interface ProbeTarget {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Without user information, with the query: what stands in a request. */
  readonly url: string;
  readonly credentials: Credentials | null;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  rtsp: 554,
  rtsps: 322,
  rtmp: 1935,
  rtmps: 443,
  srt: 8890,
  http: 80,
  https: 443,
  whep: 80,
  wheps: 443,
};

export function targetOf({ url, secret }: SourceUrl): ProbeTarget {
  const [scheme = '', rest = ''] = url.split('://');
  const [authority = ''] = rest.split('/');
  const port = /:(\d+)$/.exec(authority)?.[1];
  const query = secret.query === null ? '' : `?${secret.query}`;
  return {
    scheme,
    host: authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
    port: port === undefined ? (DEFAULT_PORTS[scheme] ?? 0) : Number(port),
    isTls: scheme.endsWith('s'),
    url: `${url}${query}`,
    credentials: credentialsOf(secret.userInfo),
  };
}

/** Where a camera sends us. Its credentials go along only when it stays the same camera. */
export function redirected(from: ProbeTarget, location: string | undefined): ProbeTarget {
  const parsed = parseSourceUrl(location ?? '');
  const to = parsed.ok ? targetOf(parsed.source) : null;
  if (to?.scheme.startsWith('rtsp') !== true) {
    throw new ProbeFailure(Reason.sourceProtocol);
  }
  const isSame = to.host === from.host && to.port === from.port;
  return to.credentials === null && isSame ? { ...to, credentials: from.credentials } : to;
}

function credentialsOf(userInfo: string | null): Credentials | null {
  if (userInfo === null) {
    return null;
  }
  const colon = userInfo.indexOf(':');
  return {
    user: decode(userInfo.slice(0, colon)),
    password: decode(userInfo.slice(colon + 1)),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Bytes that are no UTF-8: the camera knows what they mean.
    return text;
  }
}
