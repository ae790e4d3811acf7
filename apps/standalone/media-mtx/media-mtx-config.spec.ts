import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { cameraConfig, mediaMtxConfig, mediaMtxEnvironment } from './media-mtx-config.js';

const LISTENERS = { api: 9997, rtsp: 8554, hls: 8888, webrtc: 8889, webrtcUdp: 8189 };
const ACCOUNT = { user: 'vigia', password: 'secret' };

type Settings = Record<string, unknown>;
const addresses = (settings: Settings) =>
  Object.entries(settings).filter(([name]) => name.endsWith('Address'));

describe('the files of the two servers', () => {
  const server = parse(mediaMtxConfig(LISTENERS, ACCOUNT)) as Settings;
  const camera = parse(cameraConfig(8555, 'test')) as Settings;

  it.each([
    ['server', server, 5],
    ['camera', camera, 1],
  ])('%s: listens on the loopback only', (_, settings, count) => {
    expect(addresses(settings)).toHaveLength(count);
    for (const [, address] of addresses(settings)) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    for (const name of ['metrics', 'pprof', 'playback', 'rtmp', 'srt', 'moq']) {
      expect(settings).toHaveProperty(name, false);
    }
    expect(settings).toMatchObject({ rtspTransports: ['tcp'] });
  });

  it('server: has no path of its own, and no record cleaner', () => {
    expect(server).toMatchObject({ paths: {}, pathDefaults: { recordDeleteAfter: '0s' } });
  });

  it('server: gives its API to one user, and reading to all of this machine', () => {
    expect(server).toMatchObject({
      authInternalUsers: [
        { user: 'any', ips: ['127.0.0.1'], permissions: [{ action: 'read' }] },
        { user: 'vigia', pass: 'secret', permissions: [{ action: 'api' }] },
      ],
    });
  });

  it('camera: has one path', () => {
    expect(camera).toMatchObject({ paths: { test: {} }, api: false });
  });
});

describe('mediaMtxEnvironment', () => {
  it('keeps settings for another MediaMTX away', () => {
    const env = { PATH: '/bin', MTX_APIADDRESS: ':1', RTSP_PORT: '1', HOME: '/' };
    expect(mediaMtxEnvironment(env)).toEqual({ PATH: '/bin', HOME: '/' });
  });
});
