import { beforeEach, describe, expect, it } from '@jest/globals';

import { PokeLog } from '../pokes/poke-log.js';
import { ChildLog } from './child-log.js';
import { LINES_PER_SECOND, LogForwarder } from './log-forwarder.js';
import { MOST_UNKNOWN, WatchedPaths } from './watched-paths.js';

const line = (level: string, message: string): string =>
  `${JSON.stringify({ timestamp: 't', level, message })}\n`;

describe('ChildLog', () => {
  let forwarded: string[];
  let watched: WatchedPaths;
  let pokes: PokeLog;
  let log: ChildLog;

  const hear = (...lines: string[]): void => log.hear(Buffer.from(lines.join('')));

  beforeEach(() => {
    forwarded = [];
    watched = new WatchedPaths('cam');
    watched.watch(['cam/a']);
    pokes = new PokeLog(0);
    const forwarder = new LogForwarder(
      (_, text) => forwarded.push(text),
      () => 0,
    );
    log = new ChildLog({ watched, pokes, forwarder });
  });

  it('learns the version, that the file was taken, and when it can be looked at', () => {
    hear(line('INF', 'MediaMTX v1.20.1, linux, amd64'));
    expect(log).toMatchObject({ version: 'v1.20.1', hasLoaded: false });
    hear(
      line('INF', 'configuration loaded from x'),
      line('INF', '[API] started with listener on x'),
    );
    expect(log.hasLoaded).toBe(true);
    log.announce();
    expect(pokes.since(0)).toEqual({ seq: 1, pokes: [{ kind: 'restarted', path: null }] });
  });

  it('counts what a source says went wrong, and does not hand it on', () => {
    hear(line('ERR', '[path cam/a] [RTSP source] dial tcp: connect: connection refused'));
    expect(watched.errors()).toMatchObject({ 'cam/a': { code: 'SOURCE_REFUSED', count: 1 } });
    expect(forwarded).toEqual([]);
  });

  it('pokes when a source fails, becomes available and is lost, and not at each try', () => {
    const error = line('ERR', '[path cam/a] [RTSP source] EOF');
    hear(error, error, line('INF', '[path cam/a] stream is available and online'), error, error);
    expect(pokes.since(0).pokes).toEqual([
      { kind: 'failed', path: 'cam/a' },
      { kind: 'available', path: 'cam/a' },
      { kind: 'lost', path: 'cam/a' },
    ]);
  });

  it('hands on what a crash says, on either stream, without credentials', () => {
    log.hearError(Buffer.from('panic: rtsp://u:hunter2@h/a\n\n'));
    hear('ERR: something\n');
    expect(forwarded).toEqual(['panic: rtsp://***@h/a', 'ERR: something']);
  });

  it('does not grow with what it reads', () => {
    const flood = Array.from({ length: 3 * MOST_UNKNOWN }, (_, i) =>
      line('ERR', `[path cam/${i}] [RTSP source] EOF`),
    ).join('');
    for (let i = 0; i < 30; i += 1) hear(flood, '{"broken\n', 'x'.repeat(20_000));
    expect(Object.keys(watched.errors())).toHaveLength(MOST_UNKNOWN);
    expect(pokes.since(0).pokes).toEqual([{ kind: 'restarted', path: null }]);
    expect(forwarded.length).toBeLessThanOrEqual(LINES_PER_SECOND);
  });
});
