import { describe, expect, it } from '@jest/globals';

import { readStandaloneConfig } from '../standalone-config.js';
import { apiEnvironment } from './api-environment.js';

const { ports } = readStandaloneConfig({});
const SURROUNDINGS = {
  ports,
  databaseUrl: 'postgresql://vigia:secret@127.0.0.1:5433/vigia',
  mediaMtxApiUrl: 'http://127.0.0.1:9997',
  mediaMtxApiUser: 'vigia',
  mediaMtxApiPassword: 'secret',
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
      MEDIAMTX_HLS_URL: 'http://127.0.0.1:8888',
      MEDIAMTX_WEBRTC_URL: 'http://127.0.0.1:8889',
      MEDIAMTX_RTSP_URL: 'rtsp://127.0.0.1:8554',
      LOG_FORMAT: 'json',
    });
  });

  it('keeps the settings of the person, but never listens beyond this machine', () => {
    const env = { SOURCE_DEADLINE_MS: '5000', HOST: '0.0.0.0' };
    expect(apiEnvironment(env, SURROUNDINGS)).toMatchObject({
      SOURCE_DEADLINE_MS: '5000',
      HOST: '127.0.0.1',
    });
  });
});
