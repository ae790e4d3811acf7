/**
 * `npm run bench`: measures Vigia beside the least that could do the same, and puts the figures into
 * docs/benchmarks.md. `npm run bench -- reads tick` measures these sections alone; the others keep
 * what they have shown last. A goal that is missed is said, and no failure.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
const bench = path.join(root, 'test', 'bench');
const typescript = pathToFileURL(path.join(bench, 'run', 'typescript.mjs')).href;

function run(command, args) {
  const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
  return spawnSync(command, args, options).status ?? 1;
}

process.exitCode =
  run('npm', ['run', '--silent', 'build']) ||
  run(process.execPath, [
    '--import',
    typescript,
    path.join(bench, 'main.ts'),
    ...process.argv.slice(2),
  ]);
