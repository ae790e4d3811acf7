import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ProbeFailure } from './probe-failure.js';
import { ResponseReader, type RtspResponse } from './rtsp-response.js';

const LIMITS = { maxHeaderBytes: 1_000, maxBodyBytes: 1_000 };
const WHOLE = 'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\nX: a\r\nX: b\r\n\r\nbody';

const read = (text: string): RtspResponse | null =>
  new ResponseReader(LIMITS).read(Buffer.from(text, 'latin1'));

describe('an RTSP response', () => {
  it('is read with its headers and its body', () => {
    const response = read(WHOLE);
    expect(response).toMatchObject({ status: 200, body: 'body' });
    expect(response?.headers.get('x')).toEqual(['a', 'b']);
  });

  it('is not there before its last byte has come', () => {
    for (let length = 0; length < WHOLE.length; length += 1) {
      expect(read(WHOLE.slice(0, length))).toBeNull();
    }
  });

  it('has no more body than it announces', () => {
    expect(read(`${WHOLE} and more`)?.body).toBe('body');
  });

  it('whatever comes, is one, or none, or is not there yet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        try {
          new ResponseReader(LIMITS).read(Buffer.from(bytes));
        } catch (failure) {
          expect(failure).toBeInstanceOf(ProbeFailure);
        }
      }),
    );
  });
});
