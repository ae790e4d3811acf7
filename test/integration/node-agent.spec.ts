/** The node agent as a process, with the stand-in for MediaMTX, and with the real one where found. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { isAlive, readProcess } from '#supervision/process-table.js';

import { ChildProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { findRealMediaMtx } from '../support/mediamtx/find-real-media-mtx.js';
import {
  FAKE_MEDIA_MTX,
  type NodeAgentProcess,
  NodeSite,
  type Report,
  deadPaths,
} from '../support/node-agent/node-agent-process.js';

jest.setTimeout(60_000);

const SLOW = { timeoutMs: 20_000 };
const real = await findRealMediaMtx();

describe.each([
  ['the stand-in', FAKE_MEDIA_MTX, true],
  [
    `a real MediaMTX${real === null ? ' (needs a real MediaMTX)' : ''}`,
    real?.path ?? '',
    real !== null,
  ],
])('the node agent with %s', (_, program, isThere) => {
  const test = isThere ? it : it.skip;

  let site: NodeSite;
  /** The one that runs: used by one test after the other. */
  let agent: NodeAgentProcess;

  const want = (count: number) => agent.put(site.newRevision(), deadPaths(count));

  beforeAll(async () => {
    if (isThere) site = await NodeSite.make(program);
  });
  beforeEach(async () => {
    if (isThere) agent = await site.running();
  });
  afterAll(async () => {
    if (isThere) await site.end();
  });

  test('says at once that MediaMTX was restarted', async () => {
    const { seq } = await agent.pokes();
    const waiting = agent.pokes(seq, 20_000);
    process.kill(await agent.childPid(), 'SIGKILL');
    expect((await waiting).pokes).toEqual([{ kind: 'restarted', path: null }]);
  });

  test('brings every path back at each kill, and says why none of them plays', async () => {
    expect(await agent.put('last', deadPaths(300))).toEqual({
      status: 200,
      json: { revision: 'last', leftOut: [] },
    });
    const before = (await agent.report()).child.restarts;
    for (const restarts of [before + 1, before + 2]) {
      process.kill(await agent.childPid(), 'SIGKILL');
      await eventually(async () => {
        expect((await agent.report()).child.restarts).toBe(restarts);
        expect(await site.listed()).toBe(300);
      }, SLOW);
    }
    const report = await agent.report();
    expect(report).toMatchObject({
      version: expect.stringMatching(/^v1\./),
      child: { lastExit: { code: null, signal: 'SIGKILL' } },
      wantedRevision: 'last',
      bootRevision: 'last',
    });
    await eventually(async () => {
      const { errors } = await agent.report();
      expect(Object.keys(errors)).toHaveLength(300);
      expect(errors['cam/7']).toMatchObject({ code: 'SOURCE_REFUSED' });
    }, SLOW);
    expectAges(await agent.report());
  });

  test('comes back when somebody has broken the file that it would start with', async () => {
    await want(4);
    writeFileSync(path.join(site.agentDir, 'next', 'mediamtx.yml'), 'paths: [broken');
    process.kill(await agent.childPid(), 'SIGKILL');
    await eventually(async () => expect(await site.listed()).toBe(4), SLOW);
  });

  test('hands a signal on, ends with 0, and starts with what was wanted when it ran last', async () => {
    await want(3);
    await want(5);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const child = readProcess(await agent.childPid())!;
      agent.process.signal(signal);
      expect(await agent.process.exited).toBe(0);
      expect(isAlive(child)).toBe(false);
      agent = await site.up();
      expect(await site.listed()).toBe(5);
    }
  });

  test('runs on the last good base file when somebody has broken it, and says so', async () => {
    await want(3);
    await agent.process.stop();
    site.writeBase({ nonsense: 1 });
    const next = await site.up();
    expect(await site.listed()).toBe(3);
    expect(next.output).toContain('json: unknown field \\"nonsense\\"');
    expect(next.output).toContain('the last good one is used');
    site.writeBase();
  });

  test('takes its MediaMTX with it when it is killed, and takes nothing over from before', async () => {
    await want(3);
    const child = readProcess(await agent.childPid())!;
    const { seq } = await agent.pokes();
    await agent.process.kill9();
    await eventually(() => expect(isAlive(child)).toBe(false), SLOW);

    agent = await site.up();
    expect(await site.listed()).toBe(3);
    expect((await agent.report()).child).toMatchObject({ restarts: 0, lastExit: null });
    expect((await agent.pokes(seq)).pokes).toContainEqual({ kind: 'restarted', path: null });
    expect(site.processes().map(({ pid }) => pid)).toEqual([await agent.childPid()]);
  });

  test('ends what an agent has left that was killed together with its guard, and nothing else', async () => {
    const file = path.join(site.folder, 'stranger.yml');
    writeFileSync(file, 'api: no\n');
    const stranger = await ChildProcess.start(FAKE_MEDIA_MTX, [file]);
    await want(3);
    const child = readProcess(await agent.childPid())!;
    process.kill(agent.guard().pid, 'SIGKILL');
    await agent.process.kill9();
    expect(isAlive(child)).toBe(true);

    const second = await site.up();
    await eventually(async () => expect(await second.childPid()).not.toBe(child.pid), SLOW);
    expect(isAlive(child)).toBe(false);
    expect(stranger.isRunning).toBe(true);
    await eventually(async () => expect(await site.listed()).toBe(3), SLOW);
    await stranger.stop();
  });
});

function expectAges({ errors }: Report): void {
  const { ageMs = -1, isOver, at = '' } = errors['cam/7'] ?? {};
  expect(ageMs).toBeGreaterThanOrEqual(0);
  expect(isOver).toBe(false);
  expect(new Date(at).toISOString()).toBe(at);
}
