import { type Poke, type PokeLog } from '../pokes/poke-log.js';
import { type LogEvent, eventOf } from './log-event.js';
import { type LogForwarder } from './log-forwarder.js';
import { type LogLine, parseLogLine } from './log-line.js';
import { LineReader } from './line-reader.js';
import { sourceFailureOf } from './source-failure.js';
import { type WatchedPaths } from './watched-paths.js';

/**
 * Read, and not handed on: a thousand sources start and stop with MediaMTX, and when the network of a
 * site is down they write 200 lines a second; what matters would be left out.
 */
const OF_ONE_SOURCE = new Set<string | undefined>(['failed', 'stopped', 'chatter']);

export interface ChildLogParts {
  readonly watched: WatchedPaths;
  readonly pokes: PokeLog;
  readonly forwarder: LogForwarder;
}

/** What one MediaMTX says, from its start to its end. */
export class ChildLog {
  version: string | null = null;
  /** It has read its file and found it valid. */
  hasLoaded = false;
  private hasAnnounced = false;
  private readonly out = new LineReader((line) => this.read(line));
  private readonly err = new LineReader((line) => this.read(line));

  constructor(private readonly parts: ChildLogParts) {}

  hear(chunk: Buffer): void {
    this.out.push(chunk);
  }

  /** The words of a crash; a stream of its own, or it would cut lines of the other in two. */
  hearError(chunk: Buffer): void {
    this.err.push(chunk);
  }

  /** Tells everybody that it is a new one, once: as soon as it can be looked at. */
  announce(): void {
    if (this.hasAnnounced) return;
    this.hasAnnounced = true;
    this.parts.pokes.push({ kind: 'restarted', path: null });
  }

  private read(text: string): void {
    const line = parseLogLine(text);
    if (line !== null) this.readLine(line);
    else if (text.trim() !== '') this.parts.forwarder.take('ERR', text);
  }

  private readLine(line: LogLine): void {
    const event = eventOf(line);
    if (event !== null) this.take(event);
    if (!OF_ONE_SOURCE.has(event?.kind)) this.parts.forwarder.take(line.level, line.message);
  }

  private take(event: LogEvent): void {
    switch (event.kind) {
      case 'version':
        this.version = event.version;
        break;
      case 'loaded':
        this.hasLoaded = true;
        break;
      case 'listening':
        this.announce();
        break;
      case 'chatter':
        break;
      case 'available':
      case 'stopped':
      case 'failed':
        this.takeOfPath(event);
    }
  }

  private takeOfPath(event: Extract<LogEvent, { path: string }>): void {
    const kind = this.newsOf(event);
    if (kind !== null) this.parts.pokes.push({ kind, path: event.path });
  }

  private newsOf(event: Extract<LogEvent, { path: string }>): Poke['kind'] | null {
    const { watched } = this.parts;
    const { path } = event;
    switch (event.kind) {
      case 'available':
        return watched.available(path) ? 'available' : null;
      case 'stopped':
        return watched.stopped(path) ? 'lost' : null;
      case 'failed': {
        const news = watched.failed(path, sourceFailureOf(event.text), new Date());
        return news === 'as before' ? null : news;
      }
    }
  }
}
