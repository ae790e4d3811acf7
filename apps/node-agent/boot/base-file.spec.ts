import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type BaseFile, parseBaseFile } from './base-file.js';

const GOOD = 'api: yes\npathDefaults:\n  recordDeleteAfter: 0s\n';

const problemOf = (base: BaseFile): string => (base.ok ? 'none' : base.problem);

describe('parseBaseFile', () => {
  it('reads YAML as MediaMTX does', () => {
    expect(parseBaseFile(`${GOOD}paths: {}\n`)).toEqual({
      ok: true,
      settings: { api: true, pathDefaults: { recordDeleteAfter: '0s' } },
      warnings: [],
    });
  });

  it('takes the file that docker compose uses', () => {
    const file = path.resolve(import.meta.dirname, '../../../docker/mediamtx.yml');
    expect(parseBaseFile(readFileSync(file, 'utf8'))).toMatchObject({ ok: true, warnings: [] });
  });

  it.each([
    ['- a\n- b\n', 'is no list of settings'],
    ['', 'is no list of settings'],
    ['api: yes\n  rtsp: [\n', /is no YAML \(line \d\)/],
    [`${GOOD}paths:\n  all_others:\n`, 'has paths'],
    [`${GOOD}paths: [a]\n`, 'has paths'],
    [`${GOOD}rtspUDPReadBufferSize: 0\n`, 'rtspUDPReadBufferSize'],
    ['pathDefaults:\n  runOnDemand: ffmpeg\n', 'runOnDemand'],
    ['pathDefaults:\n  alwaysAvailable: yes\n', 'alwaysAvailable'],
  ])('refuses %j with words', (text, words) => {
    expect(problemOf(parseBaseFile(text))).toMatch(words);
  });

  it('warns of what Vigia can live with', () => {
    expect(parseBaseFile('api: no\n')).toMatchObject({
      ok: true,
      warnings: [
        expect.stringContaining('api: true'),
        expect.stringContaining('recordDeleteAfter'),
      ] as unknown,
    });
  });

  it('tells no value of a file that cannot be read', () => {
    const base = parseBaseFile('authInternalUsers: [{ pass: hunter2\n');
    expect(JSON.stringify(base)).not.toContain('hunter2');
  });
});
