import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { BootFiles } from './boot-files.js';

describe('BootFiles', () => {
  let folder: string;
  let next: string;
  let files: BootFiles;

  const read = (file: string): string => readFileSync(file, 'utf8');
  /** As on a full disk: nothing can be written there. */
  const spoil = (): void => rmSync(path.dirname(next), { recursive: true });

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-boot-'));
    next = path.join(folder, 'next', 'mediamtx.yml');
    files = await BootFiles.in(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has a file without paths before anything was prepared', async () => {
    const { file, revision } = await files.take();
    expect([read(file), revision]).toEqual(['paths: {}\n', null]);
  });

  it('has the next file ready, for its owner only, and away from the one that is in use', async () => {
    await files.prepare({ text: 'a', revision: 'r1' });
    const { file } = await files.take();
    await files.prepare({ text: 'b', revision: 'r2' });
    expect([read(file), read(next)]).toEqual(['a', 'b']);
    expect(path.dirname(file)).not.toBe(path.dirname(next));
    expect(statSync(next).mode & 0o777).toBe(0o600);
    expect(read((await files.take()).file)).toBe('b');
  });

  it('writes the next one anew after one was taken', async () => {
    await files.prepare({ text: 'a', revision: 'r1' });
    await files.take();
    expect(existsSync(next)).toBe(false);
    await files.restock();
    expect(read(next)).toBe('a');
  });

  it('starts with the same file once more when no other can be written', async () => {
    await files.prepare({ text: 'a', revision: 'r1' });
    await files.take();
    spoil();
    const { file, revision } = await files.take();
    expect([read(file), revision]).toEqual(['a', 'r1']);
  });

  it('never starts with an older one instead', async () => {
    await files.prepare({ text: 'a', revision: 'r1' });
    await files.take();
    await files.prepare({ text: 'b', revision: 'r2' });
    spoil();
    await expect(files.take()).rejects.toThrow('ENOENT');
  });
});
