/**
 * The URL that a node pulls. User information and query may both carry credentials, so they are
 * kept apart from the rest from the first moment on, and masked in whatever leaves.
 *
 * Parsed by hand: for the schemes of cameras `URL` neither canonicalises the host nor keeps CR and LF.
 * It checks IPv6 addresses only, through an `http:` twin.
 */
export const SOURCE_SCHEMES = [
  'rtsp',
  'rtsps',
  'rtmp',
  'rtmps',
  'srt',
  'http',
  'https',
  'whep',
  'wheps',
] as const;

export const MAX_SOURCE_LENGTH = 2048;

/** The part that must not leave: both as they stood in the URL, percent-encoding included. */
export interface SourceSecret {
  /** `user:password`, or null. */
  readonly userInfo: string | null;
  /** Without the `?`, or null. */
  readonly query: string | null;
}

export interface SourceUrl {
  /** Scheme, host, port and path: no user information, no query. */
  readonly url: string;
  readonly secret: SourceSecret;
}

export type SourceUrlResult =
  | { readonly ok: true; readonly source: SourceUrl }
  | { readonly ok: false; readonly problem: string };

// An @ in the path is most likely a password with a raw slash, whose rest would be shown.
const SHAPE =
  /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/(?<authority>[^/?]*)(?<path>\/[^?@]*)?(?:\?(?<query>.*))?$/;
const USER_INFO = /^[A-Za-z0-9\-._~!$&'()*+,;=%]+:[A-Za-z0-9\-._~!$&'()*+,;=%:]+$/;
const HOST_AND_PORT = /^(?<host>\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;
const HOST_NAME =
  /^(?=.{1,253}$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.(?!$)|\.?$))+$/;
/** An IPv4 address in disguise, by the rule of the URL standard: `0x7f.1`, `2130706433`. */
const ENDS_IN_A_NUMBER = /(?:^|\.)(?:\d+|0[xX][0-9A-Fa-f]*)\.?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export function parseSourceUrl(raw: string): SourceUrlResult {
  const problem = rawProblem(raw);
  if (problem !== null) {
    return { ok: false, problem };
  }
  const parts = SHAPE.exec(raw)?.groups;
  if (parts === undefined) {
    return {
      ok: false,
      problem:
        'must be a URL such as rtsp://user:password@host:554/path; write / in a password as %2F, and @ in a path as %40',
    };
  }
  const scheme = String(parts['scheme']).toLowerCase();
  if (!(SOURCE_SCHEMES as readonly string[]).includes(scheme)) {
    return { ok: false, problem: `must use one of the schemes ${SOURCE_SCHEMES.join(', ')}` };
  }
  const authority = parseAuthority(String(parts['authority']));
  if ('problem' in authority) {
    return { ok: false, problem: authority.problem };
  }
  const [path = '', query = null] = [parts['path'], parts['query']];
  return {
    ok: true,
    source: {
      url: `${scheme}://${authority.host}${path}`,
      secret: { userInfo: authority.userInfo, query },
    },
  };
}

function rawProblem(raw: string): string | null {
  if (raw.length > MAX_SOURCE_LENGTH) {
    return `must be at most ${MAX_SOURCE_LENGTH} characters long`;
  }
  if (!/^[\x21-\x7e]*$/.test(raw)) {
    return 'must hold no spaces, control or non-ASCII characters; percent-encode them';
  }
  if (/[\\#"<>^`{|}]/.test(raw)) {
    return 'must not hold any of \\ # " < > ^ ` { | }; percent-encode them';
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) {
    return 'holds a % that is not followed by two hexadecimal digits; write %25 for a percent sign';
  }
  if (/%(?:[01][0-9A-Fa-f]|7[Ff])/.test(raw)) {
    return 'must hold no control characters, percent-encoded ones included';
  }
  return null;
}

type Authority = { host: string; userInfo: string | null } | { problem: string };

function parseAuthority(authority: string): Authority {
  const at = authority.lastIndexOf('@');
  const userInfo = at === -1 ? null : authority.slice(0, at);
  if (userInfo !== null && !USER_INFO.test(userInfo)) {
    return {
      problem:
        'must give both user and password or neither, with special characters percent-encoded',
    };
  }
  const host = parseHost(authority.slice(at + 1));
  return 'problem' in host ? host : { host: host.host, userInfo };
}

function parseHost(hostAndPort: string): { host: string } | { problem: string } {
  const { host: rawHost = '', port } = HOST_AND_PORT.exec(hostAndPort)?.groups ?? {};
  const host = rawHost.toLowerCase();
  if (!isHost(host)) {
    return {
      problem: 'must name a host: a DNS name, an IPv4 address or an IPv6 address in brackets',
    };
  }
  if (port === undefined) {
    return { host };
  }
  return isPort(Number(port))
    ? { host: `${host}:${Number(port)}` }
    : { problem: 'must use a port from 1 to 65535' };
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) {
    return URL.canParse(`http://${host}/`);
  }
  return IPV4.test(host) || (HOST_NAME.test(host) && !ENDS_IN_A_NUMBER.test(host));
}

/** The URL as MediaMTX must get it. `$` would be expanded there as a variable. */
export function fullSourceUrl({ url, secret }: SourceUrl): string {
  const { scheme, rest } = splitScheme(url);
  const userInfo = secret.userInfo === null ? '' : `${secret.userInfo}@`;
  const query = secret.query === null ? '' : `?${secret.query}`;
  return `${scheme}://${userInfo}${rest}${query}`.replaceAll('$', '%24');
}

/**
 * Some cameras take credentials in the path (`/user=admin_password=x_channel=1.sdp`), and the last
 * segment of an RTMP URL is its stream key.
 */
const SECRET_PATH = /(?:pass|pwd|user)[^/]*=/i;
const STREAM_KEY = /^rtmps?:/;

/** What may be shown: that there are credentials or a query, never which. */
export function redactedSourceUrl(url: string, has: { userInfo: boolean; query: boolean }): string {
  const { scheme, rest } = splitScheme(url);
  const slash = rest.indexOf('/');
  const [host, path] = slash === -1 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash)];
  return `${scheme}://${has.userInfo ? '***:***@' : ''}${host}${shownPath(url, path)}${has.query ? '?***' : ''}`;
}

function shownPath(url: string, path: string): string {
  if (SECRET_PATH.test(path)) {
    return '/***';
  }
  return STREAM_KEY.test(url) ? path.replace(/(\/[^/]+\/).+$/, '$1***') : path;
}

function splitScheme(url: string): { scheme: string; rest: string } {
  const end = url.indexOf('://');
  return { scheme: url.slice(0, end), rest: url.slice(end + 3) };
}
