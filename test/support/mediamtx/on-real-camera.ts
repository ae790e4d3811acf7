/**
 * For tests that need media: a real MediaMTX, and ffmpeg to make a camera. Where either cannot be
 * had they are skipped by name, and the reporter counts them.
 */
import { describe } from '@jest/globals';

import { hasFfmpeg } from '../ffmpeg.js';
import { type MediaMtxBinary, findRealMediaMtx } from './find-real-media-mtx.js';

const binary = await findRealMediaMtx();

export function onRealCamera(title: string, define: (binary: MediaMtxBinary) => void): void {
  if (binary !== null && hasFfmpeg) {
    describe(title, () => {
      define(binary);
    });
    return;
  }
  const wanting = binary === null ? 'needs a real MediaMTX' : 'needs ffmpeg';
  describe.skip(`${title} (${wanting})`, () => {
    define({ path: '', version: 'none' });
  });
}
