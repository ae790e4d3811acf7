/** The node agent as a process, with the stand-in for MediaMTX, and with the real one where found. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { isAlive, readAllProcesses, readProcess } from '#supervision/process-table.js';

import { CANARY } from '../support/canary/canary.mjs';
import { ChildProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';
import {
  FAKE_MEDIA_MTX,
  NodeSite,
  type Report,
  deadPath,
  deadPaths,
} from '../support/node-agent/node-agent-process.js';

jest.setTimeout(60_000);

const SLOW = { timeoutMs: 15_000 };
const real = await findRealMediaMtx();

/** Whatever still runs on a file of that folder. */
const runningIn = (folder: string): string[] =>
  readAllProcesses()
    .filter(({ command, isZombie }) => !isZombie && command.includes(folder))
    .map(({ command }) => command);

function everyFileOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  );
}

let site: NodeSite;

async function nothingIsLeftOrTold(): Promise<void> {
  const { folder, output } = site;
  await site.end();
  await eventually(() => expect(runningIn(folder)).toEqual([]));
  expect(output).not.toContain(CANARY);
}

describe.each([
  ['the stand-in', FAKE_MEDIA_MTX, true],
  [
    `a real MediaMTX${real === null ? ' (needs a real MediaMTX)' : ''}`,
    real?.path ?? '',
    real !== null,
  ],
])('the node agent with %s', (_, program, isThere) => {
  const test = isThere ? it : it.skip;

  /** Of no concern to any agent. */
  let stranger: ChildProcess;

  beforeEach(async () => {
    if (!isThere) return;
    site = await NodeSite.make(program);
    const file = path.join(site.folder, 'stranger.yml');
    writeFileSync(file, 'api: no\n');
    stranger = await ChildProcess.start(FAKE_MEDIA_MTX, [file]);
  });
  afterEach(async () => {
    if (!isThere) return;
    await stranger.stop();
    await nothingIsLeftOrTold();
  });

  test('brings every path back at each of five kills', async () => {
    const agent = await site.up();
    expect(await agent.put('r1', deadPaths(300))).toEqual({
      status: 200,
      json: { revision: 'r1', leftOut: [] },
    });
    for (let kill = 1; kill <= 5; kill += 1) {
      process.kill(await agent.childPid(), 'SIGKILL');
      await eventually(async () => {
        expect((await agent.report()).child.restarts).toBe(kill);
        expect(await site.listed()).toBe(300);
      }, SLOW);
    }
    const report = await agent.report();
    expect(report).toMatchObject({
      version: expect.stringMatching(/^v1\./),
      child: { lastExit: { code: null, signal: 'SIGKILL' } },
      wantedRevision: 'r1',
      bootRevision: 'r1',
    });
    await eventually(async () => {
      const { errors } = await agent.report();
      expect(Object.keys(errors)).toHaveLength(300);
      expect(errors['cam/7']).toMatchObject({ code: 'SOURCE_REFUSED' });
    }, SLOW);
    expectAgesFromItsOwnClock(await agent.report());
  });

  test('starts with what was wanted when it ran last, without anybody telling it', async () => {
    const first = await site.up();
    await first.put('r1', deadPaths(3));
    await first.put('r2', deadPaths(5));
    await first.process.stop();
    await site.up();
    expect(await site.listed()).toBe(5);
  });

  test('hands a signal on, ends with 0, and leaves nothing running', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const agent = await site.up();
      const child = readProcess(await agent.childPid())!;
      agent.process.signal(signal);
      expect(await agent.process.exited).toBe(0);
      expect(isAlive(child)).toBe(false);
    }
  });

  test('runs on the last good base file when somebody has broken it, and says so', async () => {
    const first = await site.up();
    await first.put('r1', deadPaths(3));
    await first.process.stop();
    site.writeBase({ nonsense: 1 });
    const second = await site.up();
    expect(await site.listed()).toBe(3);
    expect(second.output).toContain('json: unknown field \\"nonsense\\"');
    expect(second.output).toContain('the last good one is used');
  });

  test('ends its MediaMTX when it was killed itself, and starts again', async () => {
    const first = await site.up();
    await first.put('r1', deadPaths(3));
    const child = readProcess(await first.childPid())!;
    await first.process.kill9();
    await eventually(() => expect(isAlive(child)).toBe(false), SLOW);
    await site.up();
    expect(await site.listed()).toBe(3);
  });

  test('ends what an agent has left that was killed together with its guard, and nothing else', async () => {
    const first = await site.up();
    await first.put('r1', deadPaths(3));
    const child = readProcess(await first.childPid())!;
    process.kill(first.guard().pid, 'SIGKILL');
    await first.process.kill9();
    expect(isAlive(child)).toBe(true);

    const second = await site.up();
    await eventually(async () => expect(await second.childPid()).not.toBe(child.pid), SLOW);
    expect(isAlive(child)).toBe(false);
    expect(stranger.isRunning).toBe(true);
    await eventually(async () => expect(await site.listed()).toBe(3), SLOW);
  });

  test('says at once that MediaMTX was restarted', async () => {
    const agent = await site.up();
    const { seq } = await agent.pokes();
    const waiting = agent.pokes(seq, 20_000);
    process.kill(await agent.childPid(), 'SIGKILL');
    expect((await waiting).pokes).toEqual([{ kind: 'restarted', path: null }]);
  });
});

/** No instant is later than the `now` beside it. */
function expectAgesFromItsOwnClock({ now, child, errors }: Report): void {
  expect(new Date(now).toISOString()).toBe(now);
  const instants = [child.startedAt, child.lastExit?.at, errors['cam/7']?.at];
  // Of one length and one zone: they compare as texts.
  expect(instants.filter((instant) => (instant ?? '9999') > now)).toEqual([]);
}

function readsCanary(file: string): boolean {
  return statSync(file).isFile() && readFileSync(file, 'utf8').includes(CANARY);
}

describe('the node agent', () => {
  beforeEach(async () => {
    site = await NodeSite.make(FAKE_MEDIA_MTX);
  });
  afterEach(nothingIsLeftOrTold);

  it('keeps credentials in files and folders for their owner only', async () => {
    const agent = await site.up();
    await agent.put('r1', deadPaths(2));
    const open = everyFileOf(site.agentDir).filter((file) => {
      const { mode } = statSync(file);
      return (mode & 0o077) !== 0 && readsCanary(file);
    });
    expect(open).toEqual([]);
    expect(statSync(site.agentDir).mode & 0o777).toBe(0o700);
    expect(everyFileOf(site.agentDir).filter(readsCanary).length).toBeGreaterThan(1);
  });

  it('does not start on a broken base file when there was never a good one', async () => {
    site.writeBase({ paths: { all_others: null } });
    const agent = await site.start();
    expect(await agent.process.exited).toBe(1);
    expect(agent.output).toContain('has paths');
  });

  it('leaves a bad row out, and starts the others', async () => {
    const agent = await site.up();
    const paths = { ...deadPaths(50), 'cam/bad': deadPath('bad', 'refused.invalid') };
    const { json } = await agent.put('r1', { ...paths, 'cam/worse': deadPath('x', 'h:99999') });
    expect(json).toEqual({
      revision: 'r1',
      leftOut: [
        { path: 'cam/worse', problem: expect.stringContaining('port') },
        { path: 'cam/bad', problem: expect.stringContaining('MediaMTX refuses') },
      ],
    });
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(async () => expect(await site.listed()).toBe(50), SLOW);
    expect((await agent.report()).leftOut).toHaveLength(2);
  });

  it('finds a bad row also when it starts with one on its disk', async () => {
    const paths = { ...deadPaths(5), 'cam/bad': deadPath('bad', 'refused.invalid') };
    mkdirSync(site.agentDir);
    const file = path.join(site.agentDir, 'wanted.json');
    writeFileSync(file, JSON.stringify({ revision: 'r1', paths }));
    const agent = await site.up();
    expect(await site.listed()).toBe(5);
    expect(await agent.report()).toMatchObject({ leftOut: [{ path: 'cam/bad' }] });
  });

  it('uses the wanted set before the last one when that was broken, and says so', async () => {
    const first = await site.up();
    await first.put('r1', deadPaths(3));
    await first.put('r2', deadPaths(5));
    await first.process.stop();
    writeFileSync(path.join(site.agentDir, 'wanted.json'), '{"revision":"r2","pa');
    const second = await site.up();
    expect(await site.listed()).toBe(3);
    expect(second.output.split('cannot be read: the one before it is used')).toHaveLength(2);
  });

  it('writes nothing when it is given the same revision again', async () => {
    const agent = await site.up();
    await agent.put('r1', deadPaths(3));
    const { mtimeMs, ino } = statSync(path.join(site.agentDir, 'wanted.json'));
    expect((await agent.put('r1', deadPaths(3))).status).toBe(200);
    expect(statSync(path.join(site.agentDir, 'wanted.json'))).toMatchObject({ mtimeMs, ino });
  });

  it('does not touch the file of a MediaMTX that runs', async () => {
    const agent = await site.up();
    const file = path.join(site.agentDir, 'running', 'mediamtx.yml');
    const { mtimeMs, ino } = statSync(file);
    await agent.put('r1', deadPaths(3));
    expect(statSync(file)).toMatchObject({ mtimeMs, ino });
  });

  it('starts MediaMTX again whatever it ends with', async () => {
    site.direct({ exit: { code: 0, afterMs: 50 } });
    const agent = await site.up();
    await eventually(async () => {
      expect((await agent.report()).child.restarts).toBeGreaterThan(1);
    }, SLOW);
    expect((await agent.report()).child.lastExit).toMatchObject({ code: 0, signal: null });
  });

  it('kills a MediaMTX that does not stop', async () => {
    site.direct({ isDeaf: true });
    const agent = await site.up();
    const child = readProcess(await agent.childPid())!;
    agent.process.signal('SIGTERM');
    expect(await agent.process.exited).toBe(0);
    expect(isAlive(child)).toBe(false);
  });

  it('reads a flood without growing, and hands little of it on', async () => {
    site.direct({ flood: 500_000 });
    const agent = await site.up();
    await agent.put('r1', deadPaths(3));
    const before = memoryOf(agent.process.pid);
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(
      async () => {
        // The last line of the flood.
        expect((await agent.report()).errors['cam/0']).toMatchObject({
          code: 'SOURCE_NOT_FOUND',
          count: 125_002,
        });
      },
      { timeoutMs: 40_000 },
    );
    const { errors } = await agent.report();
    expect(Object.keys(errors)).toEqual(['cam/0', 'cam/1', 'cam/2']);
    expect(memoryOf(agent.process.pid) - before).toBeLessThan(100 * 1024 * 1024);
    expect(agent.output.split('\n').length).toBeLessThan(10_000);
  });

  it('hands MediaMTX what the operator has told it, and not its own token', async () => {
    await site.up({ MTX_APIALLOWORIGINS: 'x', MTX_LOGLEVEL: 'error' });
    const { env } = await eventually(() => site.starts()[0]!);
    expect(env).toContain('MTX_APIALLOWORIGINS');
    expect(env.filter((name) => /TOKEN|NODE_BASE|MTX_LOG/.test(name))).toEqual([]);
  });

  it('does not end the MediaMTX of another agent on the same folder', async () => {
    const first = await site.up();
    const pid = await first.childPid();
    const second = await site.start({ NODE_AGENT_PORT: '0' });
    expect(await second.process.exited).toBe(1);
    expect(second.output).toMatch(/another copy .* NODE_AGENT_DIR/);
    expect(await first.childPid()).toBe(pid);
  });

  it('leaves no file of a trial behind', async () => {
    const agent = await site.up();
    await agent.put('r1', { 'cam/bad': deadPath('bad', 'refused.invalid') });
    expect(readdirSync(path.join(site.agentDir, 'trials'))).toEqual([]);
  });
});

/** Resident bytes. */
function memoryOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) * 1024;
}
