/** docs/logs.md tells every line that somebody may be woken for, in the words of the code. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const [OF_VIGIA = '', OF_THE_AGENT = ''] = readFileSync(
  path.join(ROOT, 'docs/logs.md'),
  'utf8',
).split('\n## The node agent\n');

const WORDS = [
  /\b(?:begins|ends):\s*(?<quote>['`])(?<words>.+?)\k<quote>/g,
  /(?:\blog|\blogger|\))(?:\.(?:warn|error|fatal)|\[[^\]]+\])\([^;]*?(?<quote>['`])(?<words>[^'`]+)\k<quote>,?\s*\)/g,
];
/** A loop is named in one place, and what it says of itself is written in another. */
const LOOP = /\bname: '(?<name>[^']+)', (?:context: '|\.\.\.label)/g;
const OF_LOOPS = [' fails; it is tried again', ' works again'];

function codeIn(folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!\.spec)\.ts$/.test(file))
        .map((file) => readFileSync(path.join(ROOT, folder, file), 'utf8')),
    )
    .join('\n');
}

/** What is filled in is `…`, as in the page. */
function linesIn(code: string): string[] {
  const said = WORDS.flatMap((pattern) => [...code.matchAll(pattern)])
    .map(({ groups }) => groups?.['words']?.replaceAll(/\$\{[^}]+\}/g, '…') ?? '')
    .filter((line) => !OF_LOOPS.some((end) => line === `…${end}`));
  return [...said, ...linesOfLoops(code)];
}

const linesOfLoops = (code: string): string[] =>
  [...code.matchAll(LOOP)].flatMap(({ groups }) =>
    OF_LOOPS.map((end) => `${groups?.['name'] ?? ''}${end}`),
  );

/** The text in backticks that the cells of the columns of lines begin with. */
function cellsOf(page: string): string[] {
  const tables = page.split(/\n\n+/).map((block) => block.split('\n').map(cellsOfRow));
  return tables.flatMap(([head = [], , ...rows]) =>
    rows.flatMap((row) =>
      row
        .filter((_, at) => /^(?:first |last )?line$/.test(head[at] ?? ''))
        .flatMap((cell) => /^`([^`]+)`/.exec(cell)?.[1] ?? []),
    ),
  );
}

const cellsOfRow = (row: string): string[] => row.split('|').map((cell) => cell.trim());

const isShown = (line: string, cells: readonly string[]): boolean =>
  cells.some((cell) => cell === line || (cell.endsWith('…') && line.startsWith(cell.slice(0, -1))));

/** As a whole text of the code, not within a longer one. */
function isSaid(cell: string, code: string): boolean {
  const words = cell
    .split('…')
    .map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return (
    linesOfLoops(code).includes(cell) || new RegExp(`(['\`])${words.join('.*')}\\1`).test(code)
  );
}

describe.each([
  ['Vigia', OF_VIGIA, ['libs/kernel', 'libs/platform', 'libs/streaming', 'apps/api'], 45],
  ['the node agent', OF_THE_AGENT, ['apps/node-agent'], 12],
])('docs/logs.md, of %s', (_, page, folders, atLeast) => {
  const code = codeIn(folders);
  const lines = linesIn(code);
  const cells = cellsOf(page);

  it('tells each warning, and the end of each fault', () => {
    expect(lines.length).toBeGreaterThanOrEqual(atLeast);
    expect(lines.filter((line) => !isShown(line, cells))).toEqual([]);
  });

  it('tells nothing that the code does not say', () => {
    expect(cells.length).toBeGreaterThanOrEqual(atLeast);
    expect(cells.filter((cell) => !isSaid(cell, code))).toEqual([]);
  });
});
