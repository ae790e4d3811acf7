import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { afterEach, describe, expect, it } from '@jest/globals';

import { endProcesses, type RecordedChild } from './end-processes.js';
import { descendantsOf, isAlive, readAllProcesses, readProcess } from './process-table.js';

const IDLE = 'setInterval(() => {}, 1000);';
const DEAF = `process.on('SIGTERM', () => {}); ${IDLE}`;
const WITH_CHILD = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(DEAF)}],
  { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });`;

describe('endProcesses', () => {
  const spawned: ChildProcess[] = [];

  const run = async (code: string): Promise<RecordedChild> => {
    const script = `${code} console.log('up'); ${IDLE}`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    spawned.push(child);
    await once(child.stdout, 'data');
    const row = readProcess(child.pid ?? 0)!;
    return { pid: row.pid, startedAt: row.startedAt, name: 'x', stopSignal: 'SIGTERM' };
  };

  afterEach(() => {
    for (const child of spawned.splice(0)) child.kill('SIGKILL');
  });

  it('asks first', async () => {
    const child = await run(`process.on('SIGTERM', () => process.exit(0));`);
    const ended = once(spawned[0]!, 'exit');
    await endProcesses([child], 5_000);
    expect(await ended).toEqual([0, null]);
  });

  it('kills what does not listen', async () => {
    const child = await run(DEAF);
    await endProcesses([child], 100);
    expect(isAlive(child)).toBe(false);
  });

  it('ends the children of a child, too', async () => {
    const child = await run(WITH_CHILD);
    const grandchildren = descendantsOf(child.pid, readAllProcesses());
    expect(grandchildren).toHaveLength(1);

    await endProcesses([child], 100);
    expect([child, ...grandchildren].filter(isAlive)).toEqual([]);
  });

  it('never touches another process that was given the pid', async () => {
    const child = await run('');
    await endProcesses([{ ...child, startedAt: 'earlier' }], 100);
    expect(isAlive(child)).toBe(true);
  });
});
