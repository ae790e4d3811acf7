import { type LogLine } from './log-line.js';

/** What a line of MediaMTX's log tells us; most tell nothing. Texts of v1.16 to v1.20. */
export type LogEvent =
  | { readonly kind: 'version'; readonly version: string }
  /** The file was read and is valid; nothing listens yet. */
  | { readonly kind: 'loaded' }
  /** The control API answers, which is the last part of a start. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'available'; readonly path: string }
  | { readonly kind: 'stopped'; readonly path: string }
  /** Something that a source says of itself when all is well. */
  | { readonly kind: 'chatter' }
  | { readonly kind: 'failed'; readonly path: string; readonly text: string };

const OF_PATH = /^\[path (?<path>[^\]\s]+)\] (?<rest>.*)$/s;
const OF_SOURCE = /^\[[A-Za-z0-9]+ source\] (?<text>.*)$/s;
const VERSION = /^MediaMTX (?<version>v\d\S*),/;
const LISTENING = /^\[API\] (?:started with listener|listener opened)/;

export function eventOf({ level, message }: LogLine): LogEvent | null {
  const { path, rest } = OF_PATH.exec(message)?.groups ?? {};
  return path === undefined || rest === undefined
    ? eventOfServer(message)
    : eventOfPath(path, rest, level === 'ERR');
}

function eventOfServer(message: string): LogEvent | null {
  if (message.startsWith('configuration loaded')) return { kind: 'loaded' };
  if (LISTENING.test(message)) return { kind: 'listening' };
  const version = VERSION.exec(message)?.groups?.['version'];
  return version === undefined ? null : { kind: 'version', version };
}

function eventOfPath(path: string, rest: string, isError: boolean): LogEvent | null {
  if (rest.startsWith('stream is available')) return { kind: 'available', path };
  const text = OF_SOURCE.exec(rest)?.groups?.['text'];
  if (text === undefined) return null;
  if (isError) return { kind: 'failed', path, text };
  return text.startsWith('stopped: ') ? { kind: 'stopped', path } : { kind: 'chatter' };
}
