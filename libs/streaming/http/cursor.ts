/** Opaque page cursors: base64url of the key of the last item, checked on the way in. */
import { MalformedInput } from '#platform/http/invalid-input.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const VERSION = /^\d{1,9}$/;

export function encodeCursor(key: string | number): string {
  return Buffer.from(`v1:${key}`).toString('base64url');
}

/** @throws MalformedInput when it is not a cursor of ours */
export function decodeIdCursor(cursor: string | undefined): string | null {
  return cursor === undefined ? null : decode(cursor, UUID);
}

/** @throws MalformedInput when it is not a cursor of ours */
export function decodeVersionCursor(cursor: string | undefined): number | null {
  return cursor === undefined ? null : Number(decode(cursor, VERSION));
}

function decode(cursor: string, shape: RegExp): string {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const key = text.slice(text.indexOf(':') + 1);
  // Base64 skips what it does not know: only what we would have written ourselves is a cursor.
  if (!shape.test(key) || encodeCursor(key) !== cursor) {
    throw new MalformedInput(
      'request.invalid_cursor',
      'The cursor is not one that this list gave out; begin again without it.',
      'cursor',
    );
  }
  return key;
}

/** One item more than the page is read, to know whether there is another page. */
export function toPage<T, B>(
  rows: readonly T[],
  limit: number,
  present: (row: T) => B,
  keyOf: (row: T) => string | number,
): { items: B[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(present),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
