import { describe, expect, it } from '@jest/globals';

import { eventOf } from './log-event.js';

const of = (level: string, message: string) => eventOf({ level, message });

describe('eventOf', () => {
  it.each([
    ['INF', 'MediaMTX v1.20.1, linux, amd64', { kind: 'version', version: 'v1.20.1' }],
    ['INF', 'configuration loaded from /data/mediamtx.yml', { kind: 'loaded' }],
    ['INF', '[API] started with listener on 127.0.0.1:9997 (TCP/HTTP)', { kind: 'listening' }],
    ['INF', '[API] listener opened on :9997', { kind: 'listening' }],
    [
      'INF',
      '[path cam/a] stream is available and online, 1 track (H264)',
      { kind: 'available', path: 'cam/a' },
    ],
    [
      'INF',
      '[path cam/a] [RTSP source] stopped: an error occurred',
      { kind: 'stopped', path: 'cam/a' },
    ],
    ['INF', '[path cam/a] [RTSP source] started on demand', { kind: 'chatter' }],
    ['ERR', '[path cam/a] [RTSP source] EOF', { kind: 'failed', path: 'cam/a', text: 'EOF' }],
    [
      'ERR',
      '[path cam/b] [HLS source] Get "http://h/x": dial tcp',
      { kind: 'failed', path: 'cam/b', text: 'Get "http://h/x": dial tcp' },
    ],
    [
      'ERR',
      '[path cam/a] [SRT source] two\nlines',
      { kind: 'failed', path: 'cam/a', text: 'two\nlines' },
    ],
  ])('understands %s %j', (level, message, event) => {
    expect(of(level, message)).toEqual(event);
  });

  it.each([
    ['INF', '[RTSP] [conn 127.0.0.1:1] opened'],
    ['ERR', '[path cam/a] [recorder] no space left on device'],
    ['WAR', '[path cam/a] something else'],
    ['INF', 'not MediaMTX v1.20.1, at all'],
  ])('makes nothing of %s %j', (level, message) => {
    expect(of(level, message)).toBeNull();
  });
});
