/**
 * The local stack as a newcomer meets it: the built program, its output, its processes. With a
 * MediaMTX and ffmpeg on this machine a real picture flows; without, the same on the simulator.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { isAlive, readAllProcesses } from '#supervision/process-table.js';

import { eventually } from '../support/eventually.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';
import { listeningAddresses } from '../support/listening-sockets.js';
import { StackNode } from '../support/stack-node.js';
import { API, DATABASE, type LocalStackProcess, MEDIA_SERVER } from '../support/local-stack.js';
import { StackRuns } from '../support/stack-runs.js';

jest.setTimeout(90_000);

const AGENT = /^vigia-node/;
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
  const runs = new StackRuns();
  afterAll(() => runs.remove());

  describe('when it runs', () => {
    let stack: LocalStackProcess;

    beforeAll(async () => {
      stack = await runs.up();
    });
    afterAll(() => runs.endAll());

    it('shows a stream of the test camera, and keeps it over a restart of everything', async () => {
      const { id, status } = await startStream(stack, 'test');
      expect(status).toBe('RUNNING');
      if (stack.pageUrl !== undefined) expect((await fetch(stack.pageUrl)).status).toBe(200);
      const cameraPort = new URL(stack.cameraUrl ?? 'rtsp://127.0.0.1:0').port || '0';
      expect(await stack.stop()).toBe(0);

      // Where it was: the stream's source is the camera's address.
      stack = await runs.up({ env: { VIGIA_CAMERA_PORT: cameraPort } });
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
        readFileSync(path.join(runs.dataDir, name), 'utf8').trim(),
      );
      const health = await (await fetch(`${stack.apiUrl}/health`)).text();
      for (const secret of secrets) {
        expect(secret).toMatch(/^[0-9a-f]{48}$/);
        expect(stack.output + health + logsIn(runs.dataDir)).not.toContain(secret);
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
      const node = new StackNode(runs.dataDir);
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
        command.includes(path.join(runs.dataDir, 'node/running')),
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

  describe('without a MediaMTX', () => {
    afterEach(() => runs.endAll());

    const pathWithout = (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .filter((folder) => !existsSync(path.join(folder, 'mediamtx')))
      .join(path.delimiter);

    it('says why there is none and runs on the simulator, loudly', async () => {
      const stack = await runs.up({ env: { PATH: pathWithout, MEDIAMTX_BIN: '' } });
      expect(stack.output).toMatch(/! MediaMTX could not be downloaded: .*ECONNREFUSED/);
      expect(stack.output).toMatch(/SIMULATED on http:\S+: no media flows/);
      expect(stack.pageUrl).toBeUndefined();
      expect(await startStream(stack, 'simulated')).toMatchObject({ status: 'RUNNING' });
    });

    it('does not replace one that was asked for', async () => {
      const { code, output } = await runs.failing({ MEDIAMTX_BIN: '/nowhere/mediamtx' });
      expect(code).toBe(1);
      expect(output).toContain('vigia: MEDIAMTX_BIN: /nowhere/mediamtx does not run as a MediaMTX');
    });
  });
});
