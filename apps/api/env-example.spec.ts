import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { apiEnvironment } from '#platform/config/api-config.js';

import { readStandaloneConfig } from '../standalone/standalone-config.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

const LINES = read('.env.example').split('\n');
const SETTING = /^#?(?<name>[A-Z][A-Z_]*)=(?<value>.*)$/;
const settings = LINES.flatMap((line) => {
  const { name = '', value = '' } = SETTING.exec(line)?.groups ?? {};
  return name === '' ? [] : [[name, value] as const];
});
const names = settings.map(([name]) => name);
const given = Object.fromEntries(settings.filter(([, value]) => value !== ''));
const DATABASE_URL = String(given['DATABASE_URL']);

/** The stack keeps its schema to itself, so the names come from where they are written. */
const ofStack = [
  ...read('apps/standalone/standalone-config.ts').matchAll(
    /^ {4}([A-Z][A-Z_]+): (?:z\.|port\(|webA)/gm,
  ),
].map(([, name]) => String(name));

describe('.env.example', () => {
  it('has every setting of the API and of the local stack once, and no other', () => {
    const all = new Set([...Object.keys(apiEnvironment.shape), ...ofStack]);

    expect(ofStack.length).toBeGreaterThan(8);
    expect([...names].sort()).toEqual([...all].sort());
  });

  it('says of each what it is for', () => {
    const bare = names.filter((name) => {
      let line = LINES.findIndex((text) => SETTING.exec(text)?.groups?.['name'] === name);
      while (SETTING.test(LINES[line] ?? '')) line -= 1;
      return !LINES[line]?.startsWith('# ');
    });

    expect(bare).toEqual([]);
  });

  it('gives the defaults of the API', () => {
    expect(apiEnvironment.parse(given)).toEqual(apiEnvironment.parse({ DATABASE_URL }));
  });

  it('gives the defaults of the local stack', () => {
    const dataDir = path.join(ROOT, String(given['VIGIA_DATA_DIR']));

    expect(readStandaloneConfig({ ...given, VIGIA_DATA_DIR: dataDir })).toEqual({
      ...readStandaloneConfig({ DATABASE_URL }),
      // Its default is relative to the built files, which are elsewhere when sources are tested.
      dataDir,
    });
  });

  it('leaves only what has no default to be set', () => {
    const set = LINES.filter((line) => !line.startsWith('#') && line !== '');

    expect(set).toEqual([`DATABASE_URL=${DATABASE_URL}`]);
  });
});
