import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { readStandaloneConfig } from './standalone-config.js';

describe('readStandaloneConfig', () => {
  it('needs nothing', () => {
    expect(readStandaloneConfig({})).toMatchObject({
      ports: { PORT: 3000, VIGIA_POSTGRES_PORT: 5433, VIGIA_CAMERA_PORT: 8555 },
      mediaMtxBin: undefined,
      databaseUrl: undefined,
      drainTimeoutMs: 10_000,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readStandaloneConfig({ PORT: '', MEDIAMTX_BIN: ' ' })).toMatchObject({
      ports: { PORT: 3000 },
      mediaMtxBin: undefined,
    });
  });

  it('keeps the data beside package.json unless told otherwise', () => {
    const { rootDir, dataDir } = readStandaloneConfig({});
    expect(dataDir).toBe(path.join(rootDir, '.vigia'));
    expect(readStandaloneConfig({ VIGIA_DATA_DIR: 'x' }).dataDir).toBe(path.resolve('x'));
  });

  it('names all faults at once', () => {
    const env = {
      PORT: 'abc',
      VIGIA_CAMERA_PORT: '70000',
      VIGIA_MEDIAMTX_RELEASES_URL: 'ftp://example.org',
      DRAIN_TIMEOUT_MS: '-1',
    };
    for (const name of Object.keys(env)) {
      expect(() => readStandaloneConfig(env)).toThrow(new RegExp(`\\b${name}: `));
    }
    expect(() => readStandaloneConfig(env)).toThrow('"abc" is not a port');
  });

  it('refuses one port for two things', () => {
    expect(() => readStandaloneConfig({ PORT: '8554' })).toThrow(
      'VIGIA_MEDIAMTX_RTSP_PORT: 8554 is PORT already',
    );
    expect(() => readStandaloneConfig({ PORT: '0', VIGIA_CAMERA_PORT: '0' })).not.toThrow();
  });
});
