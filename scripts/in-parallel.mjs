/**
 * Runs npm scripts side by side, two at a time, and prints each one's output when it ends, so that
 * nothing is mixed: `node scripts/in-parallel.mjs lint types`. Fails when one of them failed.
 */
import { spawn } from 'node:child_process';

const LANES = 2;
const waiting = process.argv.slice(2);
const failed = [];

async function lane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const began = performance.now();
    const { code, output } = await run(name);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(`${output}${code === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds} s)\n`);
    if (code !== 0) failed.push(name);
  }
}

function run(name) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

await Promise.all(Array.from({ length: LANES }, lane));
if (failed.length > 0) {
  process.stdout.write(`failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
