/** What the node agent keeps and reads, and what it does with a MediaMTX that misbehaves. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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

import { isAlive, readProcess } from '#supervision/process-table.js';

import { CANARY } from '../support/canary/canary.mjs';
import { eventually } from '../support/eventually.js';
import { type Json } from '../support/mediamtx/control-api.js';
import {
  FAKE_MEDIA_MTX,
  type NodeAgentProcess,
  NodeSite,
  deadPath,
  deadPaths,
} from '../support/node-agent/node-agent-process.js';

jest.setTimeout(60_000);

const SLOW = { timeoutMs: 20_000 };
/** Written at once: what a second of the loudest MediaMTX gives, three times. */
const FLOOD_LINES = 300_000;
const MOST_GROWTH_BYTES = 100 * 1024 * 1024;

function everyFileOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  );
}

function readsCanary(file: string): boolean {
  return statSync(file).isFile() && readFileSync(file, 'utf8').includes(CANARY);
}

describe('a node agent that runs', () => {
  let site: NodeSite;
  let agent: NodeAgentProcess;

  beforeAll(async () => {
    site = await NodeSite.make(FAKE_MEDIA_MTX);
    agent = await site.up({ MTX_APIALLOWORIGINS: 'x', MTX_LOGLEVEL: 'error' });
  });
  afterAll(() => site.end());

  const inDir = (...names: string[]) => path.join(site.agentDir, ...names);

  it('keeps credentials in files and folders for their owner only', async () => {
    await agent.put(site.newRevision(), deadPaths(2));
    const open = everyFileOf(site.agentDir).filter((file) => {
      const { mode } = statSync(file);
      return (mode & 0o077) !== 0 && readsCanary(file);
    });
    expect(open).toEqual([]);
    expect(statSync(site.agentDir).mode & 0o777).toBe(0o700);
    expect(everyFileOf(site.agentDir).filter(readsCanary).length).toBeGreaterThan(1);
  });

  it('writes nothing when it is given the same revision again', async () => {
    const revision = site.newRevision();
    await agent.put(revision, deadPaths(3));
    const { mtimeMs, ino } = statSync(inDir('wanted.json'));
    expect((await agent.put(revision, deadPaths(3))).status).toBe(200);
    expect(statSync(inDir('wanted.json'))).toMatchObject({ mtimeMs, ino });
  });

  it('does not touch the file of a MediaMTX that runs', async () => {
    const file = inDir('running', 'mediamtx.yml');
    const { mtimeMs, ino } = statSync(file);
    await agent.put(site.newRevision(), deadPaths(3));
    expect(statSync(file)).toMatchObject({ mtimeMs, ino });
  });

  it('hands MediaMTX what the operator has told it, and not its own token', async () => {
    const { env } = await eventually(() => site.starts()[0]!);
    expect(env).toContain('MTX_APIALLOWORIGINS');
    expect(env.filter((name) => /TOKEN|NODE_BASE|MTX_LOG/.test(name))).toEqual([]);
  });

  it('does not end the MediaMTX of another agent on the same folder', async () => {
    const pid = await agent.childPid();
    const second = await site.start({ NODE_AGENT_PORT: '0' });
    expect(await second.process.exited).toBe(1);
    expect(second.output).toMatch(/another copy .* NODE_AGENT_DIR/);
    expect(await agent.childPid()).toBe(pid);
  });

  it('leaves a bad row out, starts the others, and no file of a trial stays behind', async () => {
    const revision = site.newRevision();
    const paths = { ...deadPaths(8), 'cam/bad': deadPath('bad', 'refused.invalid') };
    const { json } = await agent.put(revision, { ...paths, 'cam/worse': deadPath('x', 'h:99999') });
    expect(json).toEqual({
      revision,
      leftOut: [
        { path: 'cam/worse', problem: expect.stringContaining('port') },
        { path: 'cam/bad', problem: expect.stringContaining('MediaMTX refuses') },
      ],
    });
    expect(readdirSync(inDir('trials'))).toEqual([]);
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(async () => expect(await site.listed()).toBe(8), SLOW);
    expect((await agent.report()).leftOut).toHaveLength(2);
  });

  it('reads a flood without growing, and hands little of it on', async () => {
    await agent.put(site.newRevision(), deadPaths(3));
    site.direct({ flood: FLOOD_LINES });
    const before = memoryOf(agent.process.pid);
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(
      async () => {
        // The last line of the flood.
        expect((await agent.report()).errors['cam/0']).toMatchObject({
          code: 'SOURCE_NOT_FOUND',
        });
      },
      { timeoutMs: 40_000 },
    );
    const { errors } = await agent.report();
    expect(errors['cam/0']?.count).toBeGreaterThanOrEqual(FLOOD_LINES / 4);
    expect(Object.keys(errors)).toEqual(['cam/0', 'cam/1', 'cam/2']);
    expect(memoryOf(agent.process.pid) - before).toBeLessThan(MOST_GROWTH_BYTES);
    expect(agent.output.split('\n').length).toBeLessThan(10_000);
  });

  it('starts MediaMTX again whatever it ends with', async () => {
    site.direct({ exit: { code: 0, afterMs: 50 } });
    const { restarts } = (await agent.report()).child;
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(async () => {
      const { child } = await agent.report();
      expect(child.restarts).toBeGreaterThan(restarts + 1);
      expect(child.lastExit).toMatchObject({ code: 0, signal: null });
    }, SLOW);
  });
});

describe('a node agent that starts', () => {
  let site: NodeSite;

  const write = (name: string, text: string): void => {
    mkdirSync(site.agentDir, { recursive: true });
    writeFileSync(path.join(site.agentDir, name), text);
  };
  const wanted = (revision: string, paths: Json) => JSON.stringify({ revision, paths });

  beforeEach(async () => {
    site = await NodeSite.make(FAKE_MEDIA_MTX);
  });
  afterEach(() => site.end());

  it('does not run on a broken base file when there was never a good one', async () => {
    site.writeBase({ paths: { all_others: null } });
    const agent = await site.start();
    expect(await agent.process.exited).toBe(1);
    expect(agent.output).toContain('has paths');
  });

  it('kills a MediaMTX that does not stop', async () => {
    site.direct({ isDeaf: true });
    const agent = await site.up();
    const child = readProcess(await agent.childPid())!;
    agent.process.signal('SIGTERM');
    expect(await agent.process.exited).toBe(0);
    expect(isAlive(child)).toBe(false);
  });

  it('finds a bad row also when it has one on its disk', async () => {
    const bad = { 'cam/bad': deadPath('bad', 'refused.invalid') };
    write('wanted.json', wanted('r1', { ...deadPaths(5), ...bad }));
    const agent = await site.up();
    expect(await site.listed()).toBe(5);
    expect(await agent.report()).toMatchObject({ leftOut: [{ path: 'cam/bad' }] });
  });

  it('uses the wanted set before the last one when that was broken, and says so', async () => {
    write('wanted.previous.json', wanted('r1', deadPaths(3)));
    write('wanted.json', '{"revision":"r2","pa');
    const agent = await site.up();
    expect(await site.listed()).toBe(3);
    expect(agent.output.split('cannot be read: the one before it is used')).toHaveLength(2);
  });
});

/** Resident bytes. */
function memoryOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) * 1024;
}
