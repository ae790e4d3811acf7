import { describe, expect, it } from '@jest/globals';

import { PICTURES, findDrawing, publishArgs } from './test-picture.js';

describe('publishArgs', () => {
  const drawing = { picture: PICTURES[0], encoder: 'libx264', encoderFlags: ['-preset', 'x'] };
  const line = publishArgs(drawing, 'rtsp://127.0.0.1:8555/test').join(' ');

  it('has no B-frames and a key frame each second', () => {
    expect(line).toContain('rate=25');
    expect(line).toContain('-bf 0 -g 25');
  });

  it('goes in real time over TCP to the camera', () => {
    expect(line).toContain('-re -f lavfi');
    expect(line).toMatch(/-rtsp_transport tcp rtsp:\/\/127\.0\.0\.1:8555\/test$/);
  });
});

describe('findDrawing', () => {
  it('finds none where there is no ffmpeg', async () => {
    expect(await findDrawing('/nowhere/ffmpeg')).toBeUndefined();
  });
});
