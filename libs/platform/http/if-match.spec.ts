import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseIfMatch } from './if-match.js';
import { MalformedInput } from './invalid-input.js';

/** What a tag may hold: visible characters but the quote, and whatever is above ASCII. */
const aTag = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0xff })
    .filter((code) => code !== 0x22 && code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});

describe('parseIfMatch', () => {
  it.each<[string | undefined, string[] | null]>([
    [undefined, null],
    ['*', null],
    [' * ', null],
    ['"3"', ['3']],
    ['"3","4"', ['3', '4']],
    [' "3" ,\t"4" ', ['3', '4']],
    ['"3",,"4",', ['3', '4']],
    [', "3"', ['3']],
    ['""', ['']],
    ['"a,b"', ['a,b']],
    ['"W/"', ['W/']],
    ['W/"3"', []],
    ['W/"3", "3"', ['3']],
  ])('reads %j as %j', (header, tags) => {
    expect(parseIfMatch(header)).toEqual(tags);
  });

  it.each([
    ...['', ' ', ',', ', ,', '3', "'3'", '"3', '3"', '"3" "4"', '"3"4', '"3";"4"', '"a b"'],
    ...['w/"3"', 'W/ "3"', 'W/3', '*, "3"', '"3", *', '**', '"3"\n', '"\u0000"', '"\u007f"'],
  ])('refuses %j, and says how it must look', (header) => {
    const parsing = (): unknown => parseIfMatch(header);
    expect(parsing).toThrow(MalformedInput);
    expect(parsing).toThrow(/as the ETag of the stream said: "3"/);
  });

  it('reads back whatever tags were written, and only the strong ones of them', () => {
    const members = fc.array(fc.record({ tag: aTag, isWeak: fc.boolean() }), { minLength: 1 });
    const comma = fc.constantFrom(',', ', ', ' ,\t', ',,');
    fc.assert(
      fc.property(members, comma, (tags, between) => {
        const header = tags.map(({ tag, isWeak }) => `${isWeak ? 'W/' : ''}"${tag}"`).join(between);
        expect(parseIfMatch(header)).toEqual(
          tags.filter(({ isWeak }) => !isWeak).map(({ tag }) => tag),
        );
      }),
    );
  });

  it('answers anything with tags or a refusal', () => {
    const pieces = fc.constantFrom('"', 'W/', ',', ' ', '*', '3', '"3"', '\t', '\u0000', 'é');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: pieces })), (header) => {
        let thrown: unknown = null;
        try {
          parseIfMatch(header);
        } catch (error) {
          thrown = error;
        }
        expect(thrown === null || thrown instanceof MalformedInput).toBe(true);
      }),
    );
  });

  it.each([
    ['blanks', ' '.repeat(16_000)],
    ['commas', `${', '.repeat(8_000)}x`],
    ['open quotes', `"a" ${' '.repeat(16_000)}x`],
  ])('looks at each character of many %s but a few times', (_, header) => {
    // One that looks back for each of them would take minutes, and not end within the test's time.
    expect(() => parseIfMatch(header)).toThrow(MalformedInput);
  });
});
