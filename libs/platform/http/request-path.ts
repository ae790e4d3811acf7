/** A URL may be 16 KiB long; nobody reads that in a log or an answer. */
const MAX_SHOWN_CHARS = 256;

/** The path of a request's target: without query and fragment, and without the host of a proxy's form. */
export function requestPath(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
}

/** As it may be logged and answered: what is left out may hold what nobody meant to see again. */
export function shownPath(url: string): string {
  return requestPath(url).slice(0, MAX_SHOWN_CHARS);
}
