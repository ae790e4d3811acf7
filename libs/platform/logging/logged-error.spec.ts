import { describe, expect, it } from '@jest/globals';

import { loggedError } from './logged-error.js';

describe('loggedError', () => {
  it('keeps what helps and drops whatever a library has hung on the error', () => {
    const prepared = {
      type: 'QueryFailedError',
      message: 'violates a constraint',
      stack: 'QueryFailedError: violates a constraint',
      code: '23514',
      constraint: 'ck_streams_desired',
      detail: 'Failing row contains (secret)',
      parameters: ['secret'],
      config: { auth: { password: 'secret' } },
    };

    expect(JSON.parse(JSON.stringify(loggedError(prepared)))).toEqual({
      type: 'QueryFailedError',
      message: 'violates a constraint',
      stack: 'QueryFailedError: violates a constraint',
      code: '23514',
      constraint: 'ck_streams_desired',
    });
  });

  it.each(['text', 7, null, undefined])('leaves %s alone, which is no error', (thrown) => {
    expect(loggedError(thrown)).toBe(thrown);
  });
});
