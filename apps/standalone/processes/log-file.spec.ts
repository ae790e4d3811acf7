import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LogFile } from './log-file.js';

describe('LogFile', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('appends to what an earlier run left, for its owner only', () => {
    const file = path.join(folder, 'a.log');
    new LogFile(file).write('one\n');
    new LogFile(file).write('two\n');

    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('begins a new file at its limit and keeps the one before', () => {
    const file = path.join(folder, 'a.log');
    const log = new LogFile(file, 5);
    for (const text of ['first\n', 'second\n', 'third\n']) log.write(text);

    expect(readFileSync(file, 'utf8')).toBe('third\n');
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('second\n');
  });
});
