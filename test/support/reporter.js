/**
 * Says at the very end what the numbers mean: which MediaMTX was tested, what was skipped for want
 * of one, and the sums.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync, writeSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';

const NEEDS_REAL = 'needs a real MediaMTX';
const SKIPPED = ['pending', 'skipped', 'todo'];
const STDOUT = 1;

export default class Reporter {
  constructor(globalConfig) {
    this.isWatching = globalConfig.watch || globalConfig.watchAll;
  }

  onRunComplete(_contexts, results) {
    const { TEST_FAILED_FILES: list } = process.env;
    if (list !== undefined) writeFileSync(list, failedFiles(results).join('\n'));
    const print = () => writeSync(STDOUT, `\n${summary(results).join('\n')}\n`);
    // Jest prints its own summary after every other reporter; only the exit of the run is later.
    if (this.isWatching) print();
    else process.once('exit', print);
  }
}

function failedFiles(results) {
  return results.testResults
    .filter((file) => file.numFailingTests > 0 || file.testExecError != null)
    .map((file) => relative(process.cwd(), file.testFilePath));
}

function summary(results) {
  const tests = results.testResults.flatMap((file) => file.testResults);
  const skipped = tests.filter(({ status }) => SKIPPED.includes(status));
  const wanting = skipped.filter(({ fullName }) => fullName.includes(NEEDS_REAL));
  const unrunnable = results.testResults.filter((file) => file.testExecError != null).length;
  // A file that cannot be run has no tests to count, and must not look green.
  const failed = results.numFailedTests + unrunnable;
  return [
    mediaMtxLine(wanting.length),
    `Skipped for other reasons: ${skipped.length - wanting.length}`,
    `Tests: ${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
}

function mediaMtxLine(wanting) {
  const version = realVersion();
  if (version !== undefined) return `MediaMTX: real ${version}`;
  return `MediaMTX: none found, simulator only; ${wanting} tests skipped for want of a real one`;
}

/** The rule of find-real-media-mtx.ts, which this file cannot import: jest loads it untranspiled. */
function realVersion() {
  const { MEDIAMTX_BIN, PATH = '' } = process.env;
  const fromPath = PATH.split(delimiter).map((folder) => join(folder, 'mediamtx'));
  const candidates = MEDIAMTX_BIN === undefined ? fromPath : [MEDIAMTX_BIN];
  return candidates.map(versionOf).find(isSupported);
}

function isSupported(version) {
  const parts = /^v?(\d+)\.(\d+)/.exec(version);
  return parts !== null && (Number(parts[1]) > 1 || Number(parts[2]) >= 16);
}

function versionOf(path) {
  try {
    const options = { encoding: 'utf8', timeout: 5_000, stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync(path, ['--version'], options).trim();
  } catch {
    return '';
  }
}
