import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { COMMENT_HEADER, astToString } from 'openapi-typescript';

const DOCUMENT = new URL('openapi.json', import.meta.url);
const TYPES = fileURLToPath(new URL('schema.ts', import.meta.url));

describe('the types of the client', () => {
  // That the document is the one of the API is tested where the API runs.
  it('are those of the committed document', async () => {
    const made = `${COMMENT_HEADER}${astToString(await openapiTS(DOCUMENT))}`;

    // Compared line by line: the difference of two files of that size takes minutes to print.
    const lines = readFileSync(TYPES, 'utf8').split('\n');
    const drift = made.split('\n').findIndex((line, index) => line !== lines[index]);
    expect({ drift, hint: 'run npm run openapi' }).toEqual({
      drift: -1,
      hint: 'run npm run openapi',
    });
    expect(made.split('\n')).toHaveLength(lines.length);
  });
});
