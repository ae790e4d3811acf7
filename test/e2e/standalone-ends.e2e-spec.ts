/**
 * How the local stack ends, whoever ends it and however: no process is left.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';

import { isAlive } from '#supervision/process-table.js';

import { eventually } from '../support/eventually.js';
import {
  DATABASE,
  LocalStackProcess,
  MEDIA_SERVER,
  STACK_MAIN,
  dataFolder,
  removeFolder,
  untilAllGone,
} from '../support/local-stack.js';
import { StackRuns } from '../support/stack-runs.js';

jest.setTimeout(90_000);

/** Longer than npm takes to hand a Ctrl-C on. */
const SECOND_CTRL_C_AFTER_MS = 700;

describe('the local stack', () => {
  const runs = new StackRuns();
  afterAll(() => runs.remove());

  describe('when it is stopped', () => {
    afterEach(() => runs.endAll());

    it.each(['SIGTERM', 'SIGINT'] as const)('%s leaves no process', async (signal) => {
      const stack = await runs.up();
      const family = stack.descendants();
      expect(family.length).toBeGreaterThan(3);
      stack.signal(signal);

      expect(await stack.exited).toBe(0);
      expect(family.filter(isAlive)).toEqual([]);
      expect(existsSync(path.join(runs.dataDir, 'lock'))).toBe(false);
    });

    it('ends a child that hangs', async () => {
      const stack = await runs.up();
      const family = stack.descendants();
      process.kill(stack.child(MEDIA_SERVER).pid, 'SIGSTOP');

      expect(await stack.stop()).toBe(0);
      expect(stack.output).toMatch(/(Node agent|Simulator) did not stop within 3 s: killed/);
      await untilAllGone(family);
    });

    it('does not wait for a database that hangs after a second Ctrl-C', async () => {
      const stack = await runs.up();
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
      runs.keep(stack);
      await eventually(() => expect(stack.child(/initdb/).pid).toBeGreaterThan(0));
      const family = stack.descendants();

      expect(await stack.stop()).toBe(0);
      await untilAllGone(family);
      await runs.up({ dataDir: fresh });
      await runs.endAll();
      removeFolder(fresh);
    });
  });

  describe('when others end', () => {
    afterEach(() => runs.endAll());

    it.each([
      ['the shell that started it', ['sh', '-c', `"${process.execPath}" "${STACK_MAIN}"; exit $?`]],
      ['npm', ['npm', 'exec', '-c', `"${process.execPath}" "${STACK_MAIN}"; exit $?`]],
    ] as const)('ends when %s was killed', async (_, launcher) => {
      const stack = await runs.up({ launcher });
      const family = stack.descendants();
      expect(family.some((row) => row.command.includes('standalone/main.js'))).toBe(true);
      stack.signal('SIGKILL');
      await untilAllGone(family);
    });

    it('leaves nothing when it is itself killed without a chance', async () => {
      const stack = await runs.up();
      const family = stack.descendants();
      stack.signal('SIGKILL');
      await untilAllGone(family);
      await runs.up();
    });

    it('ends what is left when its guard was killed together with it', async () => {
      const stack = await runs.up();
      const family = stack.descendants();
      process.kill(stack.guard.pid, 'SIGKILL');
      stack.signal('SIGKILL');
      await stack.exited;
      expect(family.filter(isAlive)).not.toEqual([]);

      const next = await runs.up();
      expect(next.output).toMatch(/ending what a killed run left behind: .*PostgreSQL \(pid \d+\)/);
      await untilAllGone(family);
    });
  });
});
