import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { scrub } from './scrub.js';

describe('scrub', () => {
  it.each([
    ['dial rtsp://u:hunter2@10.0.0.1:554/live now', 'dial rtsp://***@10.0.0.1:554/live now'],
    ['rtsp://u:hunt@er2@h/a', 'rtsp://***@h/a'],
    ['rtsp://u:hunt/er2@h/a', 'rtsp://***@h/a'],
    ['Get "http://h/x.m3u8?user=u&auth=hunter2": EOF', 'Get "http://h/x.m3u8?***": EOF'],
    ['rtsp://h/user=admin_password=hunter2_channel=1.sdp', 'rtsp://h/***'],
    ['rtmp://h/app/hunter2', 'rtmp://h/app/***'],
    ['srt://h:9?passphrase=hunter2', 'srt://h:9?***'],
    ["source 'rtsp://u:hunter2@h/'", "source 'rtsp://***@h/'"],
    ["source: 'rtsp://u:hun'ter2@h/a'", "source: 'rtsp://***@h/a'"],
    ['rtsp://u:hun`ter2@h/a', 'rtsp://***@h/a'],
    ['Authorization: Basic aHVudGVyMg==', 'Authorization: ***'],
    ['{"authorization": "Digest username=u, response=hunter2"}', '{"authorization": ***'],
    ['pass: hunter2, token=hunter2', 'pass: ***, token=***'],
  ])('makes %j %j', (text, scrubbed) => {
    expect(scrub(text)).toBe(scrubbed);
  });

  it.each(['[RTSP] [conn 127.0.0.1:38832] opened', 'stream is available, 1 track (H264)'])(
    'leaves %j alone',
    (text) => {
      expect(scrub(text)).toBe(text);
    },
  );

  it('lets no password of a URL through, whatever stands around it', () => {
    const around = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = `${before} rtsp://user:c4naryword@host/live${after}`;
        expect(scrub(text)).not.toContain('c4naryword');
      }),
    );
  });
});
