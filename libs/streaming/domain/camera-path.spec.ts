import { describe, expect, it } from '@jest/globals';

import { isCameraId, isUnderPrefix, pathOf, playbackUrls } from './camera-path.js';

describe('isCameraId', () => {
  it.each(['a', '7', 'gate-3', 'Gate_3', 'a'.repeat(64), 'WHEP', 'publish2'])('takes %s', (id) => {
    expect(isCameraId(id)).toBe(true);
  });

  it.each(['', '-a', '_vigia', 'a'.repeat(65), 'a/b', 'a b', 'a.b', 'é', 'a\n', '~^a', 'whep'])(
    'refuses %j',
    (id) => {
      expect(isCameraId(id)).toBe(false);
    },
  );

  it.each(['whep', 'whip', 'publish'])('refuses %s, which MediaMTX serves itself', (id) => {
    expect(isCameraId(id)).toBe(false);
  });
});

describe('paths', () => {
  it('stand under the prefix by the camera', () => {
    expect(pathOf('cam', 'gate-3')).toBe('cam/gate-3');
  });

  it.each([
    ['cam/gate-3', true],
    ['camera/gate-3', false],
    ['cam', false],
    ['other/cam/gate-3', false],
  ])('%s is under the prefix cam: %s', (path, isUnder) => {
    expect(isUnderPrefix('cam', path)).toBe(isUnder);
  });
});

describe('playbackUrls', () => {
  it('stand under the public bases, with or without a slash at their end', () => {
    const bases = { hls: 'https://hls.example/', webrtc: 'http://h:8889', rtsp: 'rtsp://h:8554//' };
    expect(playbackUrls(bases, 'cam/gate-3')).toEqual({
      hls: 'https://hls.example/cam/gate-3/index.m3u8',
      webrtc: 'http://h:8889/cam/gate-3/',
      whep: 'http://h:8889/cam/gate-3/whep',
      rtsp: 'rtsp://h:8554/cam/gate-3',
    });
  });
});
