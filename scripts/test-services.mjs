/**
 * Runs the tests that need processes. Three workers share the processor with real servers, cameras and
 * encoders, so now and then something comes too late that is in time otherwise. Files that failed are
 * therefore run once more, alone; what fails alone fails. What passes only then is named and counted at
 * the very end: a file that stands there again and again has a race, and is to be looked at.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const JEST = [
  'run',
  '--silent',
  'jest',
  '--',
  '--selectProjects',
  'contract',
  'integration',
  'e2e',
];
const TOGETHER = ['--testSequencer', './test/support/longest-first.mjs', '--maxWorkers', '3'];
/** So many at once are no noise. */
const MOST_AGAIN = 5;

const folder = mkdtempSync(path.join(tmpdir(), 'vigia-tests-'));
try {
  process.exitCode = testAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function testAll() {
  const first = jest('first', TOGETHER);
  const { code, failed } = first;
  if (code === 0 || failed.length === 0 || failed.length > MOST_AGAIN) return code;
  process.stdout.write(`\nOnce more, alone: ${failed.join(', ')}\n\n`);
  const again = jest('again', ['--runInBand', '--runTestsByPath', ...failed]);
  const passed = failed.filter((file) => !again.failed.includes(file));
  process.stdout.write(
    `\nFiles that passed at a second attempt only: ${again.code === 0 ? failed.length : passed.length}\n`,
  );
  for (const file of passed) process.stdout.write(`  ${file}\n`);
  return again.code;
}

function jest(name, args) {
  const list = path.join(folder, name);
  const { status } = spawnSync('npm', [...JEST, ...args], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, TEST_FAILED_FILES: list },
  });
  const failed = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
  return { code: status ?? 1, failed };
}
