import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { wantedSetSchema } from './wanted-set.js';
import { WantedStore } from './wanted-store.js';

const wanted = (revision: string) => ({ revision, paths: {} });

describe('WantedStore', () => {
  let folder: string;

  const open = (): WantedStore => new WantedStore(folder, wantedSetSchema('cam'));
  const breakFile = (name: string): void =>
    writeFileSync(path.join(folder, name), '{"revision":"r');

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vigia-wanted-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('has nothing before anything was ever wanted', async () => {
    expect(await open().load()).toEqual({ wanted: null, broken: [] });
  });

  it('gives back what was saved last, in a file for its owner only', async () => {
    await open().save(wanted('r1'));
    await open().save(wanted('r2'));
    expect((await open().load()).wanted).toEqual(wanted('r2'));
    expect(statSync(path.join(folder, 'wanted.json')).mode & 0o777).toBe(0o600);
  });

  async function savedTwice(): Promise<void> {
    const store = open();
    await store.load();
    await store.save(wanted('r1'));
    await store.save(wanted('r2'));
  }

  it('falls back to the one before when the file is broken, and says so', async () => {
    await savedTwice();
    breakFile('wanted.json');
    expect(await open().load()).toEqual({ wanted: wanted('r1'), broken: ['wanted.json'] });
    expect(statSync(path.join(folder, 'wanted.previous.json')).mode & 0o777).toBe(0o600);
  });

  it('does not let a broken file take the place of the good one before it', async () => {
    await savedTwice();
    breakFile('wanted.json');
    const store = open();
    await store.load();
    await store.save(wanted('r3'));
    const previous = readFileSync(path.join(folder, 'wanted.previous.json'), 'utf8');
    expect(JSON.parse(previous)).toEqual(wanted('r1'));
  });

  it('has nothing when both are broken', async () => {
    for (const name of ['wanted.json', 'wanted.previous.json']) breakFile(name);
    expect(await open().load()).toMatchObject({ wanted: null, broken: { length: 2 } });
  });

  it('takes a file of another prefix for broken: its paths are not ours', async () => {
    const paths = {
      'cam/a': { source: 'rtsp://h/', sourceOnDemand: false, rtspTransport: 'tcp' as const },
    };
    await open().save({ revision: 'r1', paths });
    const other = new WantedStore(folder, wantedSetSchema('site'));
    expect(await other.load()).toMatchObject({ wanted: null, broken: ['wanted.json'] });
  });
});
