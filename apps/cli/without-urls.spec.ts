import { describe, expect, it } from '@jest/globals';

import { withoutUrls } from './without-urls.js';

describe('words without URLs', () => {
  it('keep the scheme and nothing else of what may hold a password', () => {
    expect(withoutUrls("argument 'rtsp://u:p@h/a?t=1' and RTSPS://x, and a:b")).toBe(
      "argument 'rtsp://…' and RTSPS://… and a:b",
    );
  });
});
