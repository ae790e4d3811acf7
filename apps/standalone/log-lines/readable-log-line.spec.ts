import { describe, expect, it } from '@jest/globals';

import { readableLogLine } from './readable-log-line.js';

const entry = (fields: object) =>
  JSON.stringify({ time: '2026-11-23T16:10:44Z', context: 'Tick', ...fields });

describe('readableLogLine', () => {
  it('leaves out what is in order', () => {
    expect(readableLogLine('API', entry({ level: 'info', msg: 'listening' }))).toBeUndefined();
    expect(readableLogLine('API', '')).toBeUndefined();
  });

  it('shows a warning with what it is about', () => {
    const line = entry({ level: 'warn', msg: 'path not ensured', streamId: 's1', attempt: 2 });
    expect(readableLogLine('API', line)).toBe(
      'API warning: path not ensured · streamId=s1 attempt=2',
    );
  });

  it('shows an error with its cause, without the stack', () => {
    const err = { type: 'Error', message: 'connect ECONNREFUSED', stack: 'Error\n  at x' };
    expect(readableLogLine('API', entry({ level: 'error', msg: 'tick failed', err }))).toBe(
      'API error: tick failed · connect ECONNREFUSED',
    );
  });

  it('passes on what is not from the log', () => {
    expect(readableLogLine('API', 'SyntaxError: Unexpected token')).toBe(
      'API: SyntaxError: Unexpected token',
    );
  });

  it('leaves out JSON that is no log line', () => {
    expect(readableLogLine('API', '[1]')).toBeUndefined();
  });
});
