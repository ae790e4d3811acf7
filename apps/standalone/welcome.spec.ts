import { describe, expect, it } from '@jest/globals';

import { welcome } from './welcome.js';

const RUNNING = {
  apiUrl: 'http://127.0.0.1:3000',
  cameraUrl: 'rtsp://127.0.0.1:8555/test',
  pageUrl: 'http://127.0.0.1:8889/cam/test/',
  logs: '.vigia/logs',
};

describe('welcome', () => {
  it('has a line that starts a stream, one that shows it, and the page with the picture', () => {
    const lines = welcome(RUNNING).map((line) => line.trim());
    expect(lines).toContain(
      "curl -X POST http://127.0.0.1:3000/api/streams/start -H 'content-type: application/json' " +
        `-d '{"cameraId":"test","source":"rtsp://127.0.0.1:8555/test"}'`,
    );
    expect(lines).toContain("curl 'http://127.0.0.1:3000/api/streams?cameraId=test'");
    expect(lines).toContain('http://127.0.0.1:8889/cam/test/');
  });

  it('promises no picture on the simulator', () => {
    const text = welcome({ ...RUNNING, cameraUrl: undefined, pageUrl: undefined }).join('\n');
    expect(text).not.toContain('/cam/test/');
    expect(text).toContain('a camera that the simulator pretends');
  });

  it('asks for a camera of yours where there is no test camera', () => {
    const text = welcome({ ...RUNNING, cameraUrl: undefined }).join('\n');
    expect(text).not.toContain('the test camera');
    expect(text).toContain('a camera of yours');
  });
});
