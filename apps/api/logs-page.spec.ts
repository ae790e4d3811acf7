/** docs/logs.md tells every line that somebody may be woken for, in the words of the code. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/logs.md'), 'utf8');
/** Enough to find a line by; the table cuts long ones. */
const SHOWN = 38;

const WORDS = [
  /\b(?:begins|ends):\s*'(?<words>[^']+)'/g,
  /\b(?:logger|log)\.(?:warn|error|fatal)\([^;]*?'(?<words>[^']+)',?\s*\)/gs,
];

function filesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => path.join(ROOT, folder, file));
}

function linesIn(folders: readonly string[]): string[] {
  return folders.flatMap(filesOf).flatMap((file) => {
    const code = readFileSync(file, 'utf8');
    return WORDS.flatMap((pattern) =>
      [...code.matchAll(pattern)].map(({ groups }) => groups?.['words'] ?? ''),
    );
  });
}

describe('docs/logs.md', () => {
  it.each([
    ['Vigia', ['libs/kernel', 'libs/platform', 'libs/streaming', 'apps/api'], 30],
    ['the node agent', ['apps/node-agent'], 8],
  ])('tells what %s warns of, and the end of each fault', (_, folders, atLeast) => {
    const lines = linesIn(folders);

    expect(lines.length).toBeGreaterThanOrEqual(atLeast);
    expect(lines.filter((line) => !PAGE.includes(line.slice(0, SHOWN)))).toEqual([]);
  });
});
