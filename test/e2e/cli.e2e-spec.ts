/** The built command line as a process, against the built API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Stream, type StreamDetails } from '#api-client/client.js';
import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { secretSource } from '#test/support/api/api-client.js';
import { ApiProcess } from '#test/support/api/api-process.js';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';
import { freePort } from '#test/support/free-port.js';
import { TestDatabase } from '#test/support/postgres/test-database.js';

import { CANARY } from '../support/canary/canary.mjs';

const CLI = path.resolve(import.meta.dirname, '../../dist/apps/cli/main.js');
const SOURCE = secretSource('127.0.0.1:9/live');
const PATIENT = { timeoutMs: 20_000 };

describe('the command line', () => {
  let database: TestDatabase;
  let node: MediaMtxSimulator;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await TestDatabase.create();
    node = await MediaMtxSimulator.start();
    api = await ApiProcess.start({ databaseUrl: database.url, mediaMtxUrl: node.url });
  });

  afterAll(async () => {
    await api.stop();
    await node.stop();
    await database.close();
  });

  /** Each ends by itself; whatever it says is looked through for the secret of the source. */
  async function vigia(args: readonly string[], { stdin = '', url = api.client.baseUrl } = {}) {
    const command = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, VIGIA_API_URL: url, DATABASE_URL: database.url },
      stdio: 'pipe',
      timeout: 60_000,
    });
    command.stdin.on('error', () => undefined).end(stdin);
    const ended = once(command, 'close') as Promise<[number | null]>;
    const [out, err, [code]] = await Promise.all([
      text(command.stdout),
      text(command.stderr),
      ended,
    ]);
    expect(`${out}${err}`).not.toContain(CANARY);
    return { out, err, code };
  }

  async function json<T>(...args: string[]): Promise<T> {
    const { out, err, code } = await vigia([...args, '--json']);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    return JSON.parse(out) as T;
  }

  it('starts, lists, shows and stops streams', async () => {
    const started = await vigia(
      ['streams', 'start', 'one', '-', '--label', 'site=north', '--wait=30'],
      {
        stdin: SOURCE,
      },
    );
    expect(started).toMatchObject({ code: 0, err: '' });
    expect(started.out).toMatch(/^status {2}RUNNING$/m);

    const list = await json<{ items: Stream[] }>('streams', 'list', '--label', 'site=north');
    expect(list.items).toMatchObject([{ cameraId: 'one', status: 'RUNNING' }]);
    const id = list.items[0]!.id;
    const table = await vigia(['streams', 'list', '--status', 'RUNNING']);
    expect(table.out).toMatch(new RegExp(`^${id} +one +RUNNING +- +HEALTHY +\\d+s$`, 'm'));

    const shown = await json<StreamDetails>('streams', 'show', id);
    expect(shown).toMatchObject({ id, source: 'rtsp://***:***@127.0.0.1:9/live?***' });
    const stopped = await json<Stream[]>('streams', 'stop', '--camera', 'one');
    expect(stopped).toMatchObject([{ id, status: 'STOPPED' }]);
  });

  it('starts many, and tells which one was refused and why', async () => {
    const cameras = ['many-1', 'many-2', 'not a name'];
    const stdin = cameras
      .map((cameraId) => JSON.stringify({ cameraId, source: SOURCE }))
      .join('\n');
    const { out, err, code } = await vigia(['streams', 'start', '--file', '-'], { stdin });

    expect(code).toBe(1);
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(err).toMatch(/^not a name: .+\n {2}\/cameraId: .+\n2 done, 1 failed\n$/);
  });

  it('is refused in the words of the API', async () => {
    const again = ['streams', 'start', 'many-1', SOURCE, '--json'];
    const { out, err, code } = await vigia(again);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(JSON.parse(err)).toMatchObject({ status: 409, code: 'stream.camera_busy' });
  });

  it('watches a stream until Ctrl-C, past an API that is down', async () => {
    const { body } = await api.client.start('watched', SOURCE, { waitS: 30 });
    const watching = await ChildProcess.start(
      process.execPath,
      [CLI, 'streams', 'watch', body.id, '--interval', '0.2', '--api', api.client.baseUrl],
      {},
    );
    const says = (words: RegExp): Promise<void> =>
      eventually(() => {
        expect(watching.output).toMatch(words);
      }, PATIENT);
    try {
      await says(/ {2}watched {2}RUNNING {2}/);
      await api.stop();
      await says(/cannot be reached: .* Still trying/);
      await api.revive();
      await says(/answers again/);
      await api.client.stop(body.id);
      await says(/ {2}watched {2}RUNNING.* → STOPPED/);
      watching.signal('SIGINT');
      expect(await watching.exited).toBe(0);
      expect(watching.output.match(/cannot be reached/g)).toHaveLength(1);
      expect(watching.output).not.toContain(CANARY);
    } finally {
      await watching.stop();
    }
  });

  it('shows nodes, checks a source, and migrates', async () => {
    expect(await json('nodes')).toMatchObject({ items: [{ id: 'default' }] });
    const checked = await vigia(['check', '-'], { stdin: SOURCE });
    expect(checked.code).toBe(1);
    expect(checked.out).toMatch(/^reachable {2}no \(SOURCE_REFUSED\)$/m);
    expect(await json('migrate')).toEqual({ migrated: [] });
  });

  it('says what is wrong when nobody answers, and ends with 3', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { out, err, code } = await vigia(['nodes'], { url });
    expect({ out, code }).toEqual({ out: '', code: 3 });
    expect(err).toContain(`The API at ${url} cannot be reached: ECONNREFUSED`);
  });

  it('takes it calmly when its reader has heard enough', async () => {
    const command = spawn(process.execPath, [CLI, 'streams', 'list', '--all', '--json'], {
      env: { ...process.env, VIGIA_API_URL: api.client.baseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    command.stdout.destroy();
    const ended = once(command, 'close') as Promise<[number | null]>;
    expect([await text(command.stderr), (await ended)[0]]).toEqual(['', 0]);
  });
});
