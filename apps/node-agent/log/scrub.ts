/**
 * Takes credentials out of text that is not ours. Rather too much than too little: in a URL, all up
 * to the last @, the whole query, and a path that holds a password or a stream key.
 */
const MASK = '***';
const URL_IN_TEXT = /\b(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<rest>[^\s"<>]+)/gi;
const AUTHORIZATION = /\b(?<name>(?:proxy-)?authorization["']?\s*[=:]).*/gi;
const NAMED_SECRET =
  /\b(?<name>pass(?:word|phrase|wd)?|pwd|secret|token|jwt)(?<between>["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi;
const SECRET_PATH = /(?:pass|pwd|user)[^/]*=/i;

export function scrub(text: string): string {
  return text
    .replace(
      URL_IN_TEXT,
      (_, scheme: string, rest: string) => `${scheme}://${masked(scheme, rest)}`,
    )
    .replace(AUTHORIZATION, `$<name> ${MASK}`)
    .replace(NAMED_SECRET, `$<name>$<between>${MASK}`);
}

function masked(scheme: string, rest: string): string {
  const at = rest.lastIndexOf('@');
  const userInfo = at === -1 ? '' : `${MASK}@`;
  const [, host = '', path = '', query = ''] =
    /^([^/?#]*)([^?#]*)(.*)$/s.exec(rest.slice(at + 1)) ?? [];
  return `${userInfo}${host}${maskedPath(scheme, path)}${query === '' ? '' : `?${MASK}`}`;
}

function maskedPath(scheme: string, path: string): string {
  if (SECRET_PATH.test(path)) return `/${MASK}`;
  return /^rtmps?$/i.test(scheme) ? path.replace(/^(\/[^/]+\/).+$/, `$1${MASK}`) : path;
}
