import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type z } from 'zod';

import { apiEnvironment, loadApiConfig } from '#platform/config/api-config.js';
import { cliEnvironment } from '#platform/config/cli-config.js';

import { agentEnvironment } from '../node-agent/agent-config.js';
import { readStandaloneConfig, standaloneEnvironment } from '../standalone/standalone-config.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

const LINES = read('.env.example').split('\n');
const SETTING = /^#?(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/;
const settings = LINES.flatMap((line) => {
  const { name = '', value = '' } = SETTING.exec(line)?.groups ?? {};
  return name === '' ? [] : [[name, value] as const];
});
const names = settings.map(([name]) => name);
const given = Object.fromEntries(settings.filter(([, value]) => value !== ''));
const DATABASE_URL = String(given['DATABASE_URL']);

/** Each part's schema, and the least that it must be told. */
const PARTS: Record<string, { schema: z.ZodObject; least: Record<string, string> }> = {
  API: { schema: apiEnvironment, least: { DATABASE_URL } },
  'local stack': { schema: standaloneEnvironment, least: { DATABASE_URL } },
  'node agent': {
    schema: agentEnvironment,
    least: { NODE_AGENT_TOKEN: 'x'.repeat(16), NODE_BASE_FILE: 'mediamtx.yml' },
  },
  'command line': { schema: cliEnvironment, least: {} },
};
const parts = Object.entries(PARTS);

/** What somebody else's file asks for: `docker compose` reads .env too. */
const compose = [...read('docker-compose.yml').matchAll(/\$\{(\w+):-([^}]*)\}/g)];

describe('.env.example', () => {
  it('has every setting of every part once, and no other', () => {
    const ofParts = parts.flatMap(([, { schema }]) => Object.keys(schema.shape));
    const all = new Set([...ofParts, ...compose.map(([, name]) => String(name))]);

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

  it.each(parts)('gives the defaults of the %s', (_part, { schema, least }) => {
    // Relative to the built files, which are elsewhere when sources are tested: looked at below.
    const { VIGIA_DATA_DIR: shown, ...defaults } = schema.parse(least);
    const { VIGIA_DATA_DIR: own, ...told } = schema.parse({ ...given, ...least });

    expect(told).toEqual(defaults);
    expect(typeof own).toBe(typeof shown);
  });

  it.each(parts)('shows each default that the %s has', (_part, { schema, least }) => {
    const hasDefault = Object.keys(schema.parse(least));

    expect(hasDefault.filter((name) => !(name in given) && !(name in least))).toEqual([]);
  });

  it('gives the folder of the local stack as seen from that of package.json', () => {
    const { rootDir, dataDir } = readStandaloneConfig({});

    expect(given['VIGIA_DATA_DIR']).toBe(path.relative(rootDir, dataDir));
  });

  it('gives the defaults of `docker compose` where no part has its own', () => {
    const known = new Set(parts.flatMap(([, { schema }]) => Object.keys(schema.shape)));
    const others = compose.filter(([, name]) => !known.has(String(name)));

    expect(others.map(([, name, value]) => [name, value])).not.toEqual([]);
    expect(others.filter(([, name, value]) => given[String(name)] !== value)).toEqual([]);
  });

  it('has no name that the API would call misspelt', () => {
    const unset = Object.fromEntries(names.map((name) => [name, '']));

    expect(loadApiConfig({ ...unset, DATABASE_URL }).warnings).toEqual([]);
  });

  it('leaves only what has no default to be set', () => {
    const set = LINES.filter((line) => !line.startsWith('#') && line !== '');

    expect(set).toEqual([`DATABASE_URL=${DATABASE_URL}`]);
  });
});
