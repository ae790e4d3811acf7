/**
 * What keeps the local stack from running, in one line, with the setting that helps.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { dataFolder, removeFolder } from '../support/local-stack.js';
import { StackRuns } from '../support/stack-runs.js';

jest.setTimeout(90_000);

describe('the local stack', () => {
  const runs = new StackRuns();
  afterAll(() => runs.remove());

  describe('when it cannot run', () => {
    let other: string;

    beforeEach(() => {
      other = dataFolder();
    });
    afterEach(async () => {
      await runs.endAll();
      removeFolder(other);
    });

    it('refuses a second copy on the same data, in one line', async () => {
      const first = await runs.up();
      const { code, output } = await runs.failing();
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
        const { code, output } = await runs.failing({ [variable]: port });
        expect(code).toBe(1);
        expect(output).toBe(`vigia: port ${port} is taken: set ${variable} to another\n`);
      }
      server.close();
    });

    it('names all faults of the configuration, in one line', async () => {
      const { code, output } = await runs.failing({ PORT: 'x', VIGIA_CAMERA_PORT: '-1' });
      expect(code).toBe(1);
      expect(output).toMatch(/^vigia: .*PORT: "x" is not a port.*VIGIA_CAMERA_PORT: "-1".*\n$/);
    });

    it('names the data folder when it is a file', async () => {
      const file = path.join(other, 'file');
      writeFileSync(file, '');
      const { code, output } = await runs.failing({ VIGIA_DATA_DIR: file });
      expect(code).toBe(1);
      expect(output).toMatch(/^vigia: the data folder cannot be used .*VIGIA_DATA_DIR.*\n$/);
    });

    it('names the folder of a database that is none, and leaves it as it is', async () => {
      mkdirSync(path.join(other, 'postgres'));
      writeFileSync(path.join(other, 'postgres/mine.txt'), 'mine');
      writeFileSync(path.join(other, 'postgres-password'), 'x');
      const { code, output } = await runs.failing({ VIGIA_DATA_DIR: other });
      expect(code).toBe(1);
      expect(output).toMatch(
        /vigia: \S+postgres is not a database of PostgreSQL: .*VIGIA_DATA_DIR/,
      );
      expect(readFileSync(path.join(other, 'postgres/mine.txt'), 'utf8')).toBe('mine');
    });

    it('names the folder of a broken database, with what PostgreSQL says about it', async () => {
      execFileSync('cp', [
        '-a',
        `${runs.dataDir}/postgres`,
        `${runs.dataDir}/postgres-password`,
        other,
      ]);
      writeFileSync(path.join(other, 'postgres/global/pg_control'), 'rubbish');
      const { code, output } = await runs.failing({ VIGIA_DATA_DIR: other });
      expect(code).toBe(1);
      expect(output).toMatch(/vigia: PostgreSQL cannot use \S+: .*pg_control.*VIGIA_DATA_DIR/);
    });

    it('names the password that a database does not take, or does not have', async () => {
      execFileSync('cp', ['-a', `${runs.dataDir}/postgres`, other]);
      const without = await runs.failing({ VIGIA_DATA_DIR: other });
      expect(without).toMatchObject({ code: 1 });
      expect(without.output).toMatch(/vigia: \S+postgres-password.* is missing: .*VIGIA_DATA_DIR/);

      writeFileSync(path.join(other, 'postgres-password'), 'wrong');
      const wrong = await runs.failing({ VIGIA_DATA_DIR: other });
      expect(wrong).toMatchObject({ code: 1 });
      expect(wrong.output).toMatch(/vigia: the database refuses its password: .*VIGIA_DATA_DIR/);
    });
  });
});
