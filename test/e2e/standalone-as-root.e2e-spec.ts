/**
 * PostgreSQL does not run as root, so as root it runs as a user of its own: who must be able to
 * reach its files and its programs, wherever the clone lies.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { type Account } from '../../apps/standalone/postgres/postgres-account.js';
import {
  findPostgresBinaries,
  type PostgresBinaries,
} from '../../apps/standalone/postgres/postgres-binaries.js';
import { settlePostgresHome } from '../../apps/standalone/postgres/postgres-home.js';
import { postgresMajor } from '../../apps/standalone/postgres/postgres-server.js';
import { LocalStackProcess, dataFolder, removeFolder } from '../support/local-stack.js';

jest.setTimeout(90_000);

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('the local stack as root, under a folder that only root can enter', () => {
  let closed: string;
  let dataDir: string;
  let outside: string | undefined;

  beforeEach(() => {
    closed = dataFolder();
    dataDir = path.join(closed, 'clone/.vigia');
    mkdirSync(dataDir, { recursive: true });
    chmodSync(closed, 0o700);
    outside = undefined;
  });
  afterEach(() => {
    removeFolder(closed);
    if (outside !== undefined) removeFolder(outside);
  });

  it('puts the database where its user can reach it, says so, and finds it again', async () => {
    for (const run of ['first', 'second']) {
      const stack = await LocalStackProcess.start({ dataDir });
      try {
        await stack.untilUp();
        const line = /\(the database's files are in (\/var\/\S+): its user cannot enter (\S+)\)/;
        const [, where, what] = line.exec(stack.output) ?? [];
        expect([run, what]).toEqual([run, dataDir]);
        outside ??= where;
        expect(where).toBe(outside);
        expect(existsSync(path.join(outside ?? '', 'postgres/PG_VERSION'))).toBe(true);
      } finally {
        await stack.end();
      }
    }
  });

  describe('and its programs, too', () => {
    const someone: Account = { name: 'someone', uid: 65_533, gid: 65_533 };
    let installed: PostgresBinaries;

    beforeEach(() => {
      const { folder, version } = findPostgresBinaries();
      installed = { folder: path.join(closed, 'native'), version };
      cpSync(folder, installed.folder, { recursive: true, verbatimSymlinks: true });
    });

    it.each([
      ['lie under a closed folder', () => undefined],
      [
        'are closed themselves, as a umask of 077 makes them',
        () => {
          chmodSync(closed, 0o711);
          chmodSync(path.join(installed.folder, 'share/postgresql/postgres.bki'), 0o600);
          chmodSync(path.join(installed.folder, 'bin/postgres'), 0o700);
        },
      ],
    ])('copies programs that %s, and they run', (_, prepare) => {
      prepare();
      const open = dataFolder();
      try {
        const home = settlePostgresHome(open, installed, someone);
        expect(home.notes).toEqual([
          `PostgreSQL runs from ${home.binariesDir}: its user cannot read the installed one`,
        ]);
        const cluster = { dir: home.clusterDir, password: '', account: someone };
        expect(postgresMajor({ ...cluster, binariesDir: home.binariesDir })).toBe('18');
        expect(statSync(home.binariesDir).uid).toBe(0);
        // The second time they are there already.
        expect(settlePostgresHome(open, installed, someone)).toEqual(home);
      } finally {
        removeFolder(open);
      }
    });

    it('leaves programs that its user can reach where they are', () => {
      chmodSync(closed, 0o711);
      const open = dataFolder();
      const home = settlePostgresHome(open, installed, someone);
      expect(home).toMatchObject({ binariesDir: installed.folder, notes: [] });
      removeFolder(open);
    });
  });
});
