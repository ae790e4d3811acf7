/**
 * The local stack as a newcomer meets it: the built program, its output, its processes. With a
 * MediaMTX and ffmpeg on this machine a real picture flows; without, the same on the simulator.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';

import { isAlive, readAllProcesses } from '#supervision/process-table.js';

import { eventually } from '../support/eventually.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';
import { listeningAddresses } from '../support/listening-sockets.js';
import { StackNode } from '../support/stack-node.js';
import {
  LocalStackProcess,
  STACK_MAIN,
  dataFolder,
  removeFolder,
  untilAllGone,
  type StackOptions,
} from '../support/local-stack.js';

jest.setTimeout(90_000);

const MEDIA_SERVER = /node\/running\/mediamtx\.yml|simulator\/main\.js/;
const AGENT = /^vigia-node/;
const DATABASE = /bin\/postgres /;
const API = /apps\/api\/main\.js/;
/** Longer than npm takes to hand a Ctrl-C on. */
const SECOND_CTRL_C_AFTER_MS = 700;
const isReal = (await findRealMediaMtx()) !== null;
const onReal = isReal ? it : it.skip;
const needs = isReal ? '' : ' (needs a real MediaMTX)';
const onLinux = process.platform === 'linux' ? it : it.skip;

interface StreamBody {
  readonly id: string;
  readonly status: string;
}

async function startStream(stack: LocalStackProcess, cameraId: string): Promise<StreamBody> {
  const source = stack.cameraUrl ?? 'rtsp://camera.example/stream';
  const response = await fetch(`${stack.apiUrl}/api/streams/start`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=25' },
    body: JSON.stringify({ cameraId, source }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as StreamBody;
}

async function readStream(stack: LocalStackProcess, id: string): Promise<StreamBody> {
  const response = await fetch(`${stack.apiUrl}/api/streams/${id}`);
  expect(response.status).toBe(200);
  return (await response.json()) as StreamBody;
}

/** Everything that its parts have written down. */
function logsIn(dataDir: string): string {
  const folder = path.join(dataDir, 'logs');
  return readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('');
}

describe('the local stack', () => {
  /** Made once and used by one test after the other: making a database is what takes longest. */
  let dataDir: string;
  const started: LocalStackProcess[] = [];

  const up = async (options: Partial<StackOptions> = {}) => {
    const stack = await LocalStackProcess.up({ dataDir, ...options });
    started.push(stack);
    return stack;
  };
  /** One that is expected to end by itself. */
  const failing = async (env: NodeJS.ProcessEnv = {}) => {
    const stack = await LocalStackProcess.start({ dataDir, env });
    started.push(stack);
    return { code: await stack.exited, output: stack.output };
  };
  const endAll = async () => {
    for (const stack of started.splice(0).reverse()) await stack.end();
  };

  beforeAll(() => {
    dataDir = dataFolder();
  });
  afterAll(() => removeFolder(dataDir));

  describe('when it runs', () => {
    let stack: LocalStackProcess;

    beforeAll(async () => {
      stack = await up();
    });
    afterAll(endAll);

    it('shows a stream of the test camera, and keeps it over a restart of everything', async () => {
      const { id, status } = await startStream(stack, 'test');
      expect(status).toBe('RUNNING');
      if (stack.pageUrl !== undefined) expect((await fetch(stack.pageUrl)).status).toBe(200);
      const cameraPort = new URL(stack.cameraUrl ?? 'rtsp://127.0.0.1:0').port || '0';
      expect(await stack.stop()).toBe(0);

      // Where it was: the stream's source is the camera's address.
      stack = await up({ env: { VIGIA_CAMERA_PORT: cameraPort } });
      await eventually(async () => expect(await readStream(stack, id)).toMatchObject({ status }), {
        timeoutMs: 25_000,
      });
    });

    it('says what runs where, and what to do next', async () => {
      const { output, apiUrl } = stack;
      expect(output).toMatch(/PostgreSQL +127\.0\.0\.1:\d+, data in/);
      expect(output).toMatch(/MediaMTX +(v1\.\d+\.\d+|SIMULATED)/);
      expect(output).toContain(`Swagger UI   ${apiUrl}/docs`);
      expect(output).toContain(`curl -X POST ${apiUrl}/api/streams/start`);
      expect((await fetch(`${apiUrl}/docs`)).status).toBe(200);
    });

    it('keeps its secrets to itself', async () => {
      const ofAgent = stack.isSimulated ? [] : ['node-agent-token'];
      const secrets = ['postgres-password', 'mediamtx-password', ...ofAgent].map((name) =>
        readFileSync(path.join(dataDir, name), 'utf8').trim(),
      );
      const health = await (await fetch(`${stack.apiUrl}/health`)).text();
      for (const secret of secrets) {
        expect(secret).toMatch(/^[0-9a-f]{48}$/);
        expect(stack.output + health + logsIn(dataDir)).not.toContain(secret);
      }
    });

    onLinux('takes connections from this machine only', () => {
      const addresses = listeningAddresses(stack.descendants().map((row) => row.pid));
      expect(addresses).toContain('tcp 127.0.0.1');
      expect(addresses.filter((address) => !address.endsWith(' 127.0.0.1'))).toEqual([]);
    });

    it('starts the media server again when it dies, and says so', async () => {
      const victim = stack.child(MEDIA_SERVER);
      process.kill(victim.pid, 'SIGKILL');

      await stack.untilSaid(/(MediaMTX|Simulator) ended \(SIGKILL\): starting it again/);
      await stack.untilSaid(/MediaMTX is started again|Simulator is up again/);
      expect(stack.child(MEDIA_SERVER).pid).not.toBe(victim.pid);
    });

    onReal(`has the paths of MediaMTX back while the API does nothing${needs}`, async () => {
      const node = new StackNode(dataDir);
      await startStream(stack, 'kept');
      await eventually(() => expect(node.nextStart()).toContain('"cam/kept":'), {
        timeoutMs: 20_000,
      });
      const api = stack.child(API);
      process.kill(api.pid, 'SIGSTOP');
      const victim = stack.child(MEDIA_SERVER);
      process.kill(victim.pid, 'SIGKILL');

      await eventually(
        async () => {
          expect(stack.child(MEDIA_SERVER).pid).not.toBe(victim.pid);
          expect(await node.listed()).toContain('cam/kept');
        },
        { timeoutMs: 20_000 },
      );
      process.kill(api.pid, 'SIGCONT');
    });

    onReal(`has one MediaMTX again when its agent was killed${needs}`, async () => {
      const [agent, server] = [stack.child(AGENT), stack.child(MEDIA_SERVER)];
      process.kill(agent.pid, 'SIGKILL');

      await stack.untilSaid(/Node agent ended \(SIGKILL\): starting it again in 0.5 s/);
      await stack.untilSaid(/Node agent is up again \(pid \d+\)/);
      expect(isAlive(server)).toBe(false);
      const servers = readAllProcesses().filter(({ command }) =>
        command.includes(path.join(dataDir, 'node/running')),
      );
      expect(servers).toEqual([stack.child(MEDIA_SERVER)]);
    });

    it.each([
      ['the database', 'PostgreSQL', DATABASE],
      ['the API', 'API', API],
    ])('starts %s again when it dies, and says so', async (_, name, command) => {
      const victim = stack.child(command);
      process.kill(victim.pid, 'SIGKILL');

      await stack.untilSaid(new RegExp(`${name} ended \\(SIGKILL\\): starting it again in 0.5 s`));
      await stack.untilSaid(new RegExp(`${name} is up again \\(pid \\d+\\)`));
      expect(stack.child(command).pid).not.toBe(victim.pid);
      await eventually(
        async () => expect((await fetch(`${stack.apiUrl}/health/ready`)).status).toBe(200),
        { timeoutMs: 20_000 },
      );
    });
  });

  describe('when it is stopped', () => {
    afterEach(endAll);

    it.each(['SIGTERM', 'SIGINT'] as const)('%s leaves no process', async (signal) => {
      const stack = await up();
      const family = stack.descendants();
      expect(family.length).toBeGreaterThan(3);
      stack.signal(signal);

      expect(await stack.exited).toBe(0);
      expect(family.filter(isAlive)).toEqual([]);
      expect(existsSync(path.join(dataDir, 'lock'))).toBe(false);
    });

    it('ends a child that hangs', async () => {
      const stack = await up();
      const family = stack.descendants();
      process.kill(stack.child(MEDIA_SERVER).pid, 'SIGSTOP');

      expect(await stack.stop()).toBe(0);
      expect(stack.output).toMatch(/(Node agent|Simulator) did not stop within 3 s: killed/);
      await untilAllGone(family);
    });

    it('does not wait for a database that hangs after a second Ctrl-C', async () => {
      const stack = await up();
      const family = stack.descendants();
      process.kill(stack.child(DATABASE).pid, 'SIGSTOP');
      stack.signal('SIGINT');
      await sleep(SECOND_CTRL_C_AFTER_MS);
      stack.signal('SIGINT');

      expect(await stack.exited).toBe(0);
      expect(stack.output).not.toContain('did not stop');
      await untilAllGone(family);
    });

    it('stops in the middle of its first start, which leaves no half database', async () => {
      const fresh = dataFolder();
      const stack = await LocalStackProcess.start({ dataDir: fresh });
      started.push(stack);
      await eventually(() => expect(stack.child(/initdb/).pid).toBeGreaterThan(0));
      const family = stack.descendants();

      expect(await stack.stop()).toBe(0);
      await untilAllGone(family);
      await up({ dataDir: fresh });
      await endAll();
      removeFolder(fresh);
    });
  });

  describe('when others end', () => {
    afterEach(endAll);

    it.each([
      ['the shell that started it', ['sh', '-c', `"${process.execPath}" "${STACK_MAIN}"; exit $?`]],
      ['npm', ['npm', 'exec', '-c', `"${process.execPath}" "${STACK_MAIN}"; exit $?`]],
    ] as const)('ends when %s was killed', async (_, launcher) => {
      const stack = await up({ launcher });
      const family = stack.descendants();
      expect(family.some((row) => row.command.includes('standalone/main.js'))).toBe(true);
      stack.signal('SIGKILL');
      await untilAllGone(family);
    });

    it('leaves nothing when it is itself killed without a chance', async () => {
      const stack = await up();
      const family = stack.descendants();
      stack.signal('SIGKILL');
      await untilAllGone(family);
      await up();
    });

    it('ends what is left when its guard was killed together with it', async () => {
      const stack = await up();
      const family = stack.descendants();
      process.kill(stack.guard.pid, 'SIGKILL');
      stack.signal('SIGKILL');
      await stack.exited;
      expect(family.filter(isAlive)).not.toEqual([]);

      const next = await up();
      expect(next.output).toMatch(/ending what a killed run left behind: .*PostgreSQL \(pid \d+\)/);
      await untilAllGone(family);
    });
  });

  describe('when it cannot run', () => {
    let other: string;

    beforeEach(() => {
      other = dataFolder();
    });
    afterEach(async () => {
      await endAll();
      removeFolder(other);
    });

    it('refuses a second copy on the same data, in one line', async () => {
      const first = await up();
      const { code, output } = await failing();
      expect(code).toBe(1);
      expect(output).toMatch(/^vigia: another copy \(pid \d+\) runs on this data folder: .*\n$/);
      expect(output).toContain(String(first.pid));
      expect(output).toContain('VIGIA_DATA_DIR');
    });

    it('names the variable of each port that is taken, in one line', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const port = String((server.address() as AddressInfo).port);
      for (const variable of ['PORT', 'VIGIA_POSTGRES_PORT', 'VIGIA_NODE_AGENT_PORT']) {
        const { code, output } = await failing({ [variable]: port });
        expect(code).toBe(1);
        expect(output).toBe(`vigia: port ${port} is taken: set ${variable} to another\n`);
      }
      server.close();
    });

    it('names all faults of the configuration, in one line', async () => {
      const { code, output } = await failing({ PORT: 'x', VIGIA_CAMERA_PORT: '-1' });
      expect(code).toBe(1);
      expect(output).toMatch(/^vigia: .*PORT: "x" is not a port.*VIGIA_CAMERA_PORT: "-1".*\n$/);
    });

    it('names the data folder when it is a file', async () => {
      const file = path.join(other, 'file');
      writeFileSync(file, '');
      const { code, output } = await failing({ VIGIA_DATA_DIR: file });
      expect(code).toBe(1);
      expect(output).toMatch(/^vigia: the data folder cannot be used .*VIGIA_DATA_DIR.*\n$/);
    });

    it('names the folder of a database that is none, and leaves it as it is', async () => {
      mkdirSync(path.join(other, 'postgres'));
      writeFileSync(path.join(other, 'postgres/mine.txt'), 'mine');
      writeFileSync(path.join(other, 'postgres-password'), 'x');
      const { code, output } = await failing({ VIGIA_DATA_DIR: other });
      expect(code).toBe(1);
      expect(output).toMatch(
        /vigia: \S+postgres is not a database of PostgreSQL: .*VIGIA_DATA_DIR/,
      );
      expect(readFileSync(path.join(other, 'postgres/mine.txt'), 'utf8')).toBe('mine');
    });

    it('names the folder of a broken database, with what PostgreSQL says about it', async () => {
      execFileSync('cp', ['-a', `${dataDir}/postgres`, `${dataDir}/postgres-password`, other]);
      writeFileSync(path.join(other, 'postgres/global/pg_control'), 'rubbish');
      const { code, output } = await failing({ VIGIA_DATA_DIR: other });
      expect(code).toBe(1);
      expect(output).toMatch(/vigia: PostgreSQL cannot use \S+: .*pg_control.*VIGIA_DATA_DIR/);
    });

    it('names the password that a database does not take, or does not have', async () => {
      execFileSync('cp', ['-a', `${dataDir}/postgres`, other]);
      const without = await failing({ VIGIA_DATA_DIR: other });
      expect(without).toMatchObject({ code: 1 });
      expect(without.output).toMatch(/vigia: \S+postgres-password.* is missing: .*VIGIA_DATA_DIR/);

      writeFileSync(path.join(other, 'postgres-password'), 'wrong');
      const wrong = await failing({ VIGIA_DATA_DIR: other });
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.output).toMatch(/vigia: the database refuses its password: .*VIGIA_DATA_DIR/);
    });
  });

  describe('without a MediaMTX', () => {
    afterEach(endAll);

    const pathWithout = (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .filter((folder) => !existsSync(path.join(folder, 'mediamtx')))
      .join(path.delimiter);

    it('says why there is none and runs on the simulator, loudly', async () => {
      const stack = await up({ env: { PATH: pathWithout, MEDIAMTX_BIN: '' } });
      expect(stack.output).toMatch(/! MediaMTX could not be downloaded: .*ECONNREFUSED/);
      expect(stack.output).toMatch(/SIMULATED on http:\S+: no media flows/);
      expect(stack.pageUrl).toBeUndefined();
      expect(await startStream(stack, 'simulated')).toMatchObject({ status: 'RUNNING' });
    });

    it('does not replace one that was asked for', async () => {
      const { code, output } = await failing({ MEDIAMTX_BIN: '/nowhere/mediamtx' });
      expect(code).toBe(1);
      expect(output).toContain('vigia: MEDIAMTX_BIN: /nowhere/mediamtx does not run as a MediaMTX');
    });
  });
});
