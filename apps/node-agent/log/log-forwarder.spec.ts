import { beforeEach, describe, expect, it } from '@jest/globals';

import { LINES_PER_SECOND, LogForwarder } from './log-forwarder.js';

describe('LogForwarder', () => {
  let nowMs: number;
  let lines: string[];
  let forwarder: LogForwarder;

  beforeEach(() => {
    nowMs = 1_000;
    lines = [];
    forwarder = new LogForwarder(
      (level, text) => lines.push(`${level} ${text}`),
      () => nowMs,
    );
  });

  it('hands on with a level of ours and without credentials', () => {
    forwarder.take('INF', 'pulls rtsp://u:hunter2@h/a');
    forwarder.take('???', 'odd');
    expect(lines).toEqual(['info pulls rtsp://***@h/a', 'warn odd']);
  });

  it('hands on so many a second, and says how many it has left out', () => {
    for (let i = 0; i < LINES_PER_SECOND + 50; i += 1) forwarder.take('INF', `${i}`);
    expect(lines).toHaveLength(LINES_PER_SECOND);

    nowMs += 1_000;
    forwarder.take('INF', 'later');
    expect(lines.slice(LINES_PER_SECOND)).toEqual([
      "warn 50 lines of MediaMTX's log were left out",
      'info later',
    ]);
  });

  it('says at the end what was left out, once', () => {
    for (let i = 0; i <= LINES_PER_SECOND; i += 1) forwarder.take('INF', 'x');
    forwarder.flush();
    forwarder.flush();
    expect(lines.slice(LINES_PER_SECOND)).toEqual(["warn 1 lines of MediaMTX's log were left out"]);
  });

  it('cuts what nobody would read to its end', () => {
    forwarder.take('INF', 'x'.repeat(10_000));
    expect(lines[0]?.length).toBeLessThan(2_100);
  });
});
