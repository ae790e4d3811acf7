import { Reason } from '#streaming/domain/reason.js';

/**
 * What MediaMTX's words about a source mean. The words themselves go no further: they hold hosts,
 * and sometimes credentials. The first that matches counts.
 */
const MEANINGS: readonly (readonly [RegExp, Reason])[] = [
  [/bad status code: 40[13]\b/, Reason.sourceAuthFailed],
  [/bad status code: 40[04]\b/, Reason.sourceNotFound],
  [/bad status code: (?:453|503)\b/, Reason.sourceBusy],
  [/no such host|server misbehaving|temporary failure in name resolution/i, Reason.sourceDns],
  [/connection refused/, Reason.sourceRefused],
  [/no route to host|network is unreachable|host is down/, Reason.sourceUnreachable],
  [/x509|\btls:/, Reason.sourceTls],
  [
    /i\/o timeout|(?:TCP|UDP|connection|handshake) timeout|timed out|deadline exceeded/i,
    Reason.sourceTimeout,
  ],
  [
    /\bEOF\b|connection reset by peer|broken pipe|bad status code|malformed|invalid (?:protocol|header)|unexpected/i,
    Reason.sourceProtocol,
  ],
];

/** A URL that is quoted is the source's own, and may hold any word. */
const QUOTED = /"[^"]*"/g;

export function sourceFailureOf(text: string): Reason {
  const words = text.replace(QUOTED, '""');
  return MEANINGS.find(([pattern]) => pattern.test(words))?.[1] ?? Reason.sourceNoMedia;
}
