import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { LineReader } from './line-reader.js';

function linesOf(chunks: readonly Buffer[], longest?: number): string[] {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line), longest);
  for (const chunk of chunks) reader.push(chunk);
  return lines;
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)), bytes.length];
  const sorted = places.sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

describe('LineReader', () => {
  const line = fc.string({ unit: 'binary', maxLength: 30 }).map((s) => s.replaceAll('\n', ''));

  it('gives the same lines however the bytes arrive, and not what has no end yet', () => {
    fc.assert(
      fc.property(fc.array(line), line, fc.array(fc.nat()), (lines, unfinished, places) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join('') + unfinished);
        const whole = Buffer.from(lines.join('\n')).toString();
        expect(linesOf(cut(bytes, places), 1_000).join('\n')).toBe(whole);
      }),
    );
  });

  it('drops a line that is too long, to its end, and goes on with the next', () => {
    const chunks = ['abc', 'defg', 'hi\nok\n', 'a line too long\nok'].map((s) => Buffer.from(s));
    expect(linesOf(chunks, 5)).toEqual(['ok']);
  });

  it('takes bytes that are no text', () => {
    expect(linesOf([Buffer.from([0xff, 0xfe, 0x0a, 0x61, 0x0a])])).toEqual(['��', 'a']);
  });
});
