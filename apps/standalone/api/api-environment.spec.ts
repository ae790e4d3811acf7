import { describe, expect, it } from '@jest/globals';

import { readStandaloneConfig } from '../standalone-config.js';
import { apiEnvironment } from './api-environment.js';

const { ports } = readStandaloneConfig({});
const SURROUNDINGS = {
  ports,
  databaseUrl: 'postgresql://vigia:secret@127.0.0.1:5433/vigia',
  mediaServer: {
    apiUrl: 'http://127.0.0.1:9997',
    apiUser: 'vigia',
    apiPassword: 'secret',
    agent: { url: 'http://127.0.0.1:9996', token: 'secret too' },
  },
};

describe('apiEnvironment', () => {
  it('says where everything is', () => {
    const env = { VIGIA_DATA_DIR: '/x', MEDIAMTX_BIN: '/y' };
    expect(apiEnvironment(env, SURROUNDINGS)).toEqual({
      HOST: '127.0.0.1',
      PORT: '3000',
      DATABASE_URL: SURROUNDINGS.databaseUrl,
      MIGRATE_ON_START: 'true',
      MEDIAMTX_API_URL: 'http://127.0.0.1:9997',
      MEDIAMTX_API_USER: 'vigia',
      MEDIAMTX_API_PASSWORD: 'secret',
      NODE_AGENT_URL: 'http://127.0.0.1:9996',
      NODE_AGENT_TOKEN: 'secret too',
      MEDIAMTX_HLS_URL: 'http://127.0.0.1:8888',
      MEDIAMTX_WEBRTC_URL: 'http://127.0.0.1:8889',
      MEDIAMTX_RTSP_URL: 'rtsp://127.0.0.1:8554',
      LOG_FORMAT: 'json',
    });
  });

  it('names no agent where there is none, whatever the person has set', () => {
    const mediaServer = { ...SURROUNDINGS.mediaServer, agent: undefined };
    const env = { NODE_AGENT_URL: 'http://elsewhere', NODE_AGENT_TOKEN: 'x', NODE_AGENT_DIR: '/' };
    const given = { ...env, NODES_FILE: '/nodes.yml' };
    const names = Object.keys(apiEnvironment(given, { ...SURROUNDINGS, mediaServer }));
    expect(names.filter((name) => name.startsWith('NODE'))).toEqual([]);
  });

  it('keeps the settings of the person, but never listens beyond this machine', () => {
    const env = { SOURCE_DEADLINE_MS: '5000', HOST: '0.0.0.0' };
    expect(apiEnvironment(env, SURROUNDINGS)).toMatchObject({
      SOURCE_DEADLINE_MS: '5000',
      HOST: '127.0.0.1',
    });
  });
});
