import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import {
  descendantsOf,
  isAlive,
  parsePsLine,
  parseStat,
  readAllProcesses,
  readProcess,
  type ProcessRow,
} from './process-table.js';

const STAT_TAIL = 'S 41 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 0 0';

const aRow = (row: Partial<ProcessRow>): ProcessRow => ({
  pid: 1,
  parentPid: 0,
  startedAt: 'a',
  isZombie: false,
  command: 'x',
  ...row,
});

describe('parseStat', () => {
  it('reads a process whose name holds spaces and brackets', () => {
    expect(parseStat(`42 (a) (b c) ${STAT_TAIL}`, 'boot', 'npm\0start\0')).toEqual({
      pid: 42,
      parentPid: 41,
      startedAt: 'boot:987654',
      isZombie: false,
      command: 'npm start',
    });
  });

  it('knows a zombie', () => {
    expect(parseStat(`42 (x) Z${STAT_TAIL.slice(1)}`, 'boot', '')).toMatchObject({
      isZombie: true,
    });
  });

  it('tells two boots apart', () => {
    const stat = `42 (x) ${STAT_TAIL}`;
    expect(parseStat(stat, 'a', '').startedAt).not.toBe(parseStat(stat, 'b', '').startedAt);
  });
});

describe('parsePsLine', () => {
  it('reads the columns that Linux and macOS share', () => {
    expect(parsePsLine('  42    41 Ss   Mon Nov 23 15:42:00 2026 npm start')).toEqual({
      pid: 42,
      parentPid: 41,
      startedAt: 'Mon Nov 23 15:42:00 2026',
      isZombie: false,
      command: 'npm start',
    });
  });

  it('answers nothing for a line of something else', () => {
    expect(parsePsLine('PID PPID STAT')).toBeUndefined();
  });
});

describe('the process table', () => {
  it('finds this process and its parent', () => {
    const own = readProcess(process.pid);
    expect(own).toMatchObject({ pid: process.pid, parentPid: process.ppid, isZombie: false });
    expect(readAllProcesses()).toContainEqual(own);
  });

  it('takes a pid with another start time for another process', () => {
    const own = readProcess(process.pid);
    expect(own !== undefined && isAlive(own)).toBe(true);
    expect(isAlive({ pid: process.pid, startedAt: 'another' })).toBe(false);
  });

  it('sees that a process has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = readProcess(child.pid ?? 0);
    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(identity !== undefined && isAlive(identity)).toBe(false);
  });
});

describe('descendantsOf', () => {
  it('finds children and grandchildren, and leaves zombies and strangers out', () => {
    const rows = [
      aRow({ pid: 10 }),
      aRow({ pid: 11, parentPid: 10 }),
      aRow({ pid: 12, parentPid: 11 }),
      aRow({ pid: 13, parentPid: 10, isZombie: true }),
      aRow({ pid: 14, parentPid: 1 }),
    ];
    expect(descendantsOf(10, rows).map((row) => row.pid)).toEqual([11, 12]);
  });

  it('ends when a table read in the middle of a change holds a ring', () => {
    const rows = [aRow({ pid: 10, parentPid: 11 }), aRow({ pid: 11, parentPid: 10 })];
    expect(descendantsOf(10, rows).map((row) => row.pid)).toEqual([11, 10]);
  });
});
