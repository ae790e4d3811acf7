import { describe, expect, it } from '@jest/globals';

import { type SourceTrack, browserAdvice } from './source-report.js';

const video = (codec: string): SourceTrack => ({
  kind: 'video',
  codec,
  hasBFrames: false,
});
const audio = (codec: string): SourceTrack => ({
  kind: 'audio',
  codec,
  hasBFrames: false,
});

describe('advice for browsers', () => {
  it.each([
    ['H264 with Opus plays everywhere', [video('H264'), audio('Opus')], []],
    ['H265 needs a transcode', [video('H265')], ['H265: needs a transcode for most browsers.']],
    [
      'AAC is not heard by WebRTC',
      [video('H264'), audio('MPEG-4 Audio')],
      ['MPEG-4 Audio: WebRTC cannot carry it, so WebRTC viewers hear nothing; HLS can.'],
    ],
    [
      'G711 is not heard by HLS, and is said once for two tracks',
      [video('H264'), audio('G711'), audio('G711')],
      ['G711: HLS cannot carry it, so HLS viewers hear nothing; WebRTC can.'],
    ],
    [
      'B-frames are not shown by WebRTC',
      [{ ...video('H264'), hasBFrames: true }],
      [
        'H264 with B-frames: WebRTC cannot show it; switch them off at the camera (profile Baseline), or watch by HLS.',
      ],
    ],
    ['sound alone is said', [audio('Opus')], ['There is no video track.']],
    [
      'what nobody knows is not promised',
      [video('Generic')],
      ['Generic: no browser plays it; needs a transcode.'],
    ],
    ['metadata disturbs nobody', [video('H264'), { ...video('Generic'), kind: 'other' }], []],
  ] as [string, SourceTrack[], string[]][])('%s', (_, tracks, advice) => {
    expect(browserAdvice(tracks)).toEqual(advice);
  });
});
