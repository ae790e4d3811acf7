import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { lockFolder } from './folder-lock.js';

describe('lockFolder', () => {
  let folder: string;
  let file: string;

  const lock = () => ({ file, setting: 'VIGIA_DATA_DIR' });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-lock-'));
    file = path.join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a second holder and says who holds it and what to change', async () => {
    await lockFolder(lock());
    await expect(lockFolder(lock())).rejects.toThrow(
      new RegExp(`another copy \\(pid ${process.pid}\\).*VIGIA_DATA_DIR`),
    );
  });

  it('is free again after its release', async () => {
    (await lockFolder(lock()))();
    expect(existsSync(file)).toBe(false);
    await expect(lockFolder(lock())).resolves.toBeDefined();
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'a' })],
    ['another process with the same pid', JSON.stringify({ pid: process.pid, startedAt: 'a' })],
    ['nobody that can be read', 'half a li'],
  ])('takes over the lock of %s', async (_, content) => {
    writeFileSync(file, content);
    await lockFolder(lock());
    await expect(lockFolder(lock())).rejects.toThrow('another copy');
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('waits for a holder that is just writing its name', async () => {
    await lockFolder(lock());
    const content = readFileSync(file, 'utf8');
    writeFileSync(file, '');
    const second = lockFolder(lock());
    writeFileSync(file, content);
    await expect(second).rejects.toThrow('another copy');
  });

  it('names the variable when the folder is not there', async () => {
    await expect(lockFolder({ ...lock(), file: path.join(folder, 'no', 'lock') })).rejects.toThrow(
      'VIGIA_DATA_DIR',
    );
  });
});
