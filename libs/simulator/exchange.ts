import { type WriteManner } from './process-state.js';

/** A request, read to its end. */
export interface Exchange {
  readonly method: string;
  /** As it was sent, with the query. */
  readonly target: string;
  /** Decoded: `a%2Fb` and `a/b` are the same path. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly isPreflight: boolean;
  /** Null when it is larger than the server takes. */
  readonly body: string | null;
}

export interface HandlerContext {
  readonly exchange: Exchange;
  /** The wildcard part of the route: a path name, or the empty string. */
  readonly name: string;
  readonly manner: WriteManner;
}

/** Percent-decoding that, unlike decodeURIComponent, takes bytes that are not UTF-8. */
export function decodePercent(text: string): string {
  const raw = text.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(raw, 'latin1').toString('utf8');
}
