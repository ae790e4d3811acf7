import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { StartupFailure } from '#supervision/startup-failure.js';

import { loadBase } from './load-base.js';

const GOOD = 'api: yes\npathDefaults: { recordDeleteAfter: 0s }\n';
const SETTINGS = { api: true, pathDefaults: { recordDeleteAfter: '0s' } };
const REFUSED = 'hlsVariant: nonsense\n';

describe('loadBase', () => {
  let folder: string;
  let file: string;

  const load = () =>
    loadBase({
      file,
      folder,
      tryOut: async (settings) => ({
        verdict: 'hlsVariant' in settings ? 'refused' : 'accepted',
        words: null,
      }),
      log: pino({ level: 'silent' }),
    });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-base-'));
    file = path.join(folder, 'base.yml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const WAYS: [string, string | null][] = [
    ['is gone', null],
    ['is empty', ''],
    ['is no YAML', 'api: [yes'],
    ['is no text', '\u0000\u0001\u0002'],
    ['is a list', '- api\n'],
    ['has a path of its own', `${GOOD}paths: { all_others: {} }\n`],
    ['is poisoned: every path would be refused', 'pathDefaults: { runOnDemand: x }\n'],
    ['is refused by MediaMTX', REFUSED],
  ];
  const spoil = (text: string | null): void =>
    text === null ? rmSync(file, { force: true }) : writeFileSync(file, text);

  it.each(WAYS)('uses the last good one when the file %s', async (_, text) => {
    writeFileSync(file, GOOD);
    expect(await load()).toEqual(SETTINGS);
    spoil(text);
    expect(await load()).toEqual(SETTINGS);
    // Once more: what was broken has not become the last good one.
    expect(await load()).toEqual(SETTINGS);
  });

  it.each(WAYS)('refuses a first file that %s', async (_, text) => {
    spoil(text);
    await expect(load()).rejects.toThrow(StartupFailure);
  });

  it('keeps its copy for its owner only: an operator may have put a password there', async () => {
    writeFileSync(file, GOOD);
    await load();
    expect(statSync(path.join(folder, 'base.last-good.yml')).mode & 0o777).toBe(0o600);
  });
});
