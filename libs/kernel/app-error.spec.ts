import { describe, expect, it } from '@jest/globals';

import { AppError } from '#kernel/app-error.js';

class DiskFull extends AppError {
  constructor(cause: unknown) {
    super('unavailable', 'disk.full', 'the disk is full', { cause, extensions: { freeBytes: 0 } });
  }
}

describe('AppError', () => {
  it('carries its kind, code, cause and the class that was thrown', () => {
    const cause = new Error('ENOSPC');
    const error = new DiskFull(cause);

    expect(error).toMatchObject({
      name: 'DiskFull',
      kind: 'unavailable',
      code: 'disk.full',
      message: 'the disk is full',
      cause,
      extensions: { freeBytes: 0 },
    });
  });
});
