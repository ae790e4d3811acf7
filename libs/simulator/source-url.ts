/**
 * URLs by the rules of Go's net/url, which are laxer than WHATWG's (`rtsp://h:99999/` and
 * `rtsp://h/a b` pass) and stricter in others (control characters).
 */
import { invalid } from './refusal.js';

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
// eslint-disable-next-line no-control-regex -- control characters are what Go refuses here
const CONTROL = /[\u0000-\u001f\u007f]/;
/** ASCII that Go takes in a host without escaping; anything beyond ASCII passes. */
const HOST = /^[A-Za-z0-9\-._~!$&'()*+,;:=<>"\u0080-\u{10ffff}]*$/u;

export interface SourceUrl {
  readonly scheme: string;
  readonly host: string;
  readonly hasPort: boolean;
}

const PARTS = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?(#.*)?$/s;

export function parseSourceUrl(source: string): SourceUrl {
  const text = source.replace(/:\$G\d+/g, ':1935').replace(/\$G\d+/g, 'abc');
  const parts = PARTS.exec(text);
  if (parts === null || CONTROL.test(text)) throw notAUrl(source);
  const { user, host } = splitAuthority(parts[1] ?? '');
  const rest = parts.slice(2).join('');
  const scheme = text.slice(0, text.indexOf(':'));
  if (!isHost(host, scheme) || !isUser(user) || BAD_ESCAPE.test(rest)) throw notAUrl(source);
  assertWholeUser(user);
  return { scheme, host, hasPort: /^(\[[^\]]*\]|[^:]*):\d*$/.test(host) };
}

function splitAuthority(authority: string): { user: string; host: string } {
  const cut = authority.lastIndexOf('@');
  return { user: authority.slice(0, Math.max(cut, 0)), host: authority.slice(cut + 1) };
}

const notAUrl = (source: string): Error => invalid(`'${source}' is not a valid URL`);

const isUser = (user: string): boolean => USER_INFO.test(user) && !BAD_ESCAPE.test(user);

/** What follows the last colon is the port; colons before it pass, but not in a web address. */
function isHost(host: string, scheme: string): boolean {
  if (host === '') return false;
  if (host.startsWith('[')) return /^\[[0-9a-fA-F:.]+(%25[^\]]+)?\](:\d*)?$/.test(host);
  const cut = host.lastIndexOf(':');
  const name = cut < 0 ? host : host.slice(0, cut);
  const isWrongPort = cut >= 0 && !/^:\d*$/.test(host.slice(cut));
  if (isWrongPort || (isWeb(scheme) && name.includes(':'))) return false;
  return HOST.test(name.replace(/%[89a-fA-F][0-9a-fA-F]/g, ''));
}

const isWeb = (scheme: string): boolean => scheme === 'http' || scheme === 'https';

function assertWholeUser(userInfo: string): void {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/s.exec(userInfo) ?? [];
  if ((user === '') !== (password === '')) {
    throw invalid('username and password must be both provided');
  }
}
