/**
 * `npm run chaos -- [--target simulator|real] [--agent] [--seeds 200] [--from 1] [--seed N] [--minutes M]
 * [--worlds 2] [--first] [--shrink-minutes 4] [--report FILE.md|FILE.json]`: random sequences of calls and
 * faults against two replicas, each made from its seed, and the promises that must hold after them.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'simulator' },
    agent: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string' },
    worlds: { type: 'string' },
    'shrink-minutes': { type: 'string', default: '4' },
    first: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});

const count = values.seed.length > 0 ? 0 : whole('seeds');
const options = {
  target: values.target,
  hasAgent: values.agent,
  seeds: [
    ...values.seed.map(Number),
    ...Array.from({ length: count }, (_, i) => whole('from') + i),
  ],
  minutes: values.minutes === undefined ? null : Number(values.minutes),
  // Real cameras need the machine for themselves.
  worlds: values.worlds === undefined ? (values.target === 'real' ? 1 : 2) : whole('worlds'),
  stopsAtFirst: values.first,
  shrinkMinutes: Number(values['shrink-minutes']),
  report: values.report === undefined ? null : path.resolve(values.report),
};

function whole(name) {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number`);
  return number;
}

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      cwd: path.resolve(import.meta.dirname, '..'),
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

// A story that was broken off leaves things open, and a run must end all the same.
const flags = ['--selectProjects', 'chaos', '--runInBand', '--forceExit'];
const jest = ['run', '--silent', 'jest', '--', ...flags];
const code =
  (await run('npm', ['run', '--silent', 'build'])) ||
  (await run('npm', jest, { CHAOS_OPTIONS: JSON.stringify(options) }));
process.exitCode = code;
