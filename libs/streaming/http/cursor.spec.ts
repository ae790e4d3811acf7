import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { MalformedInput } from '#platform/http/invalid-input.js';

import { decodeIdCursor, decodeVersionCursor, encodeCursor, toPage } from './cursor.js';

const decoders = { id: decodeIdCursor, version: decodeVersionCursor };

describe('cursors', () => {
  it('come back as the key that they were made of', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 999_999_999 }), (id, version) => {
        expect(decodeIdCursor(encodeCursor(id))).toBe(id);
        expect(decodeVersionCursor(encodeCursor(version))).toBe(version);
      }),
    );
  });

  it('may be left out', () => {
    expect(decodeIdCursor(undefined)).toBeNull();
    expect(decodeVersionCursor(undefined)).toBeNull();
  });

  it('can stand in a URL as they are', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(encodeCursor(id)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it.each(Object.entries(decoders))(
    'of the kind %s are taken only as we wrote them',
    (_, decode) => {
      const near = fc
        .tuple(
          fc.constantFrom('v1:', 'v2:', ''),
          fc.oneof(fc.uuid(), fc.string(), fc.nat().map(String)),
        )
        .map((parts) => Buffer.from(parts.join('')).toString('base64url'));
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), near, fc.base64String()), (cursor) => {
          const key = attempt(() => decode(cursor));
          expect(key === null || encodeCursor(key) === cursor).toBe(true);
        }),
      );
    },
  );

  it.each([
    '',
    'x',
    'null',
    `${encodeCursor(7)}=`,
    ` ${encodeCursor(7)}`,
    Buffer.from('v1:7:8').toString('base64url'),
    Buffer.from('v1:-1').toString('base64url'),
    Buffer.from('v1:1e3').toString('base64url'),
    Buffer.from("v1:7' OR 1=1").toString('base64url'),
    encodeCursor(9_999_999_999),
    encodeCursor('0198c0de-0000-7000-8000-000000000001'),
  ])('are refused when they are %j', (cursor) => {
    expect(() => decodeVersionCursor(cursor)).toThrow(MalformedInput);
  });

  it('of another list are refused', () => {
    expect(() => decodeIdCursor(encodeCursor(7))).toThrow(MalformedInput);
  });
});

describe('toPage', () => {
  const page = (rows: number[], limit: number): { items: string[]; nextCursor: string | null } =>
    toPage(
      rows,
      limit,
      (row) => `row ${row}`,
      (row) => row,
    );

  it('shows the page, and where the next one begins when there is one', () => {
    expect(page([9, 8, 7], 2)).toEqual({ items: ['row 9', 'row 8'], nextCursor: encodeCursor(8) });
    expect(page([9, 8], 2)).toEqual({ items: ['row 9', 'row 8'], nextCursor: null });
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});

function attempt<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (err) {
    expect(err).toBeInstanceOf(MalformedInput);
    return null;
  }
}
