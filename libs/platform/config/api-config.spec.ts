import { describe, expect, it } from '@jest/globals';

import { InvalidEnvironment, type LoadedConfig, loadApiConfig } from './api-config.js';

const DATABASE = { DATABASE_URL: 'postgres://vigia:hunter2@db/vigia' };

const load = (given: NodeJS.ProcessEnv): LoadedConfig => loadApiConfig({ ...DATABASE, ...given });

function faultsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    loadApiConfig(environment);
  } catch (err) {
    expect(err).toBeInstanceOf(InvalidEnvironment);
    return (err as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('loadApiConfig', () => {
  it('needs a database and nothing else', () => {
    expect(load({}).config).toMatchObject({
      PORT: 3_000,
      HOST: '127.0.0.1',
      MEDIAMTX_API_URL: 'http://127.0.0.1:9997',
      MEDIAMTX_TIMEOUT_MS: 5_000,
      NODE_ID: 'default',
      PATH_PREFIX: 'cam',
      RECONCILE_INTERVAL_MS: 5_000,
      SOURCE_DEADLINE_MS: 20_000,
      LEASE_TTL_MS: 15_000,
      ORPHAN_GRACE_MS: 60_000,
      BREAKER_MAX_MS: 5_000,
      DIALS_PER_SECOND: 20,
      DRAIN_TIMEOUT_MS: 10_000,
      AUTH_MODE: 'off',
      MIGRATE_ON_START: true,
    });
    expect(faultsOf({})).toEqual(['DATABASE_URL: must be set']);
  });

  it('takes an empty value for none', () => {
    expect(load({ PORT: '', MEDIAMTX_API_USER: '' }).config.PORT).toBe(3_000);
    expect(faultsOf({ DATABASE_URL: '' })).toEqual(['DATABASE_URL: must be set']);
  });

  it('turns text into what the code needs', () => {
    const { config } = load({ PORT: '0', DIALS_PER_SECOND: '0', MIGRATE_ON_START: 'false' });
    expect(config).toMatchObject({ PORT: 0, DIALS_PER_SECOND: 0, MIGRATE_ON_START: false });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000 '],
    ['PORT', '0x10'],
    ['DATABASE_URL', 'mysql://db/vigia'],
    ['DATABASE_URL', 'db'],
    ['MEDIAMTX_API_URL', 'ftp://h'],
    ['MEDIAMTX_RTSP_URL', 'http://h'],
    ['NODE_ID', 'a b'],
    ['PATH_PREFIX', 'cam/'],
    ['PATH_PREFIX', '~^all'],
    ['RECONCILE_INTERVAL_MS', '99'],
    ['SOURCE_DEADLINE_MS', '999'],
    ['LEASE_TTL_MS', '1e4'],
    ['MIGRATE_ON_START', 'yes'],
    ['AUTH_MODE', 'on'],
    ['LOG_LEVEL', 'verbose'],
  ])('refuses %s=%s and names it', (name, value) => {
    const faults = faultsOf({ ...DATABASE, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: `));
  });

  it('says all faults at once, and no value: it may be a secret', () => {
    const faults = faultsOf({ DATABASE_URL: 'mysql://vigia:hunter2@db', PORT: 'x', NODE_ID: '!' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'DATABASE_URL', 'NODE_ID']);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('wants user and password of the node together', () => {
    expect(faultsOf({ ...DATABASE, MEDIAMTX_API_USER: 'vigia' })).toHaveLength(1);
    expect(faultsOf({ ...DATABASE, MEDIAMTX_API_PASSWORD: 'x' })).toHaveLength(1);
    expect(
      faultsOf({ ...DATABASE, MEDIAMTX_API_USER: 'vigia', MEDIAMTX_API_PASSWORD: 'x' }),
    ).toEqual([]);
  });

  it('only warns of a name that is not ours, with the nearest that is', () => {
    const { warnings } = load({
      MEDIAMTX_API_ULR: 'http://h',
      MEDIAMTX_PORT: 'tcp://10.0.0.1:9997',
      VIGIA_DATADIR: '/data',
      PATHPREFIX: 'cam',
      MEDIAMTX_BIN: '/mediamtx',
    });
    expect(warnings).toEqual([
      'MEDIAMTX_API_ULR is not a setting of Vigia; did you mean MEDIAMTX_API_URL?',
      expect.stringMatching(/^MEDIAMTX_PORT is not a setting/),
      'VIGIA_DATADIR is not a setting of Vigia; did you mean VIGIA_DATA_DIR?',
    ]);
  });
});
