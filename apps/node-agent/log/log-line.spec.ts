import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseLogLine } from './log-line.js';

describe('parseLogLine', () => {
  it('reads level and message', () => {
    fc.assert(
      fc.property(fc.constantFrom('DEB', 'INF', 'WAR', 'ERR'), fc.string(), (level, message) => {
        const line = JSON.stringify({ timestamp: '2026-11-27T16:54:26Z', level, message });
        expect(parseLogLine(line)).toEqual({ level, message });
      }),
    );
  });

  it('reads what Go has quoted in its own way', () => {
    const line = String.raw`{"timestamp":"t","level":"ERR","message":"[path cam/a] [RTSP source] bad \x00 byte"}`;
    expect(parseLogLine(line)).toEqual({
      level: 'ERR',
      message: String.raw`[path cam/a] [RTSP source] bad \x00 byte`,
    });
  });

  it.each(['', '{', 'null', '7', '[]', '{"level":"INF"}', '{"level":1,"message":2}', 'panic: x'])(
    'says of %j that it is no line of the log',
    (text) => {
      expect(parseLogLine(text)).toBeNull();
    },
  );

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseLogLine(text)).not.toThrow();
      }),
    );
  });
});
