/**
 * `npm run cases`: does to a site of twenty streams what goes wrong in life, measures how it heals,
 * prints the table, and puts it into docs/reliability.md. `npm run cases -- a d` runs these alone.
 * Fails when a limit was missed; the document keeps what a whole and good run has shown.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { casesBlock, withBlock } from './cases-table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = path.join(root, 'docs', 'reliability.md');
const JEST = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');

const wanted = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), 'vigia-cases-'));
try {
  process.exitCode = await main(path.join(folder, 'results.jsonl'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(results) {
  const built = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (built.status !== 0) return 1;
  const ran = runCases(results);
  const rows = readRows(results);
  const missing = wanted.filter((id) => !rows.some((row) => row.id === id));
  if (missing.length > 0) console.error(`not run: ${missing.join(', ')}`);
  if (rows.length === 0) return 1;
  const isGood = ran === 0 && missing.length === 0;
  await publish(rows, isGood && wanted.length === 0);
  return isGood ? 0 : 1;
}

/** One after the other: cases side by side would measure each other. */
function runCases(results) {
  const only = wanted.length === 0 ? [] : ['--testNamePattern', `^case (${wanted.join('|')}):`];
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [JEST, '--selectProjects', 'cases', '--runInBand', ...only];
  return spawnSync(process.execPath, [...node, ...jest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CASES_RESULTS: results },
  }).status;
}

function readRows(results) {
  try {
    const lines = readFileSync(results, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line)).sort((a, b) => (a.id < b.id ? -1 : 1));
  } catch {
    return [];
  }
}

async function publish(rows, isForTheDocument) {
  const command = ['npm run cases', ...(wanted.length === 0 ? [] : ['--', ...wanted])].join(' ');
  const style = { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' };
  const block = casesBlock(rows, command);
  process.stdout.write(`\n${await format(block, style)}`);
  if (!isForTheDocument) return;
  const text = withBlock(readFileSync(DOCUMENT, 'utf8'), block);
  writeFileSync(DOCUMENT, await format(text, style));
}
