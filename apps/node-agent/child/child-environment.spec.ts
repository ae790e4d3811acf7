import { describe, expect, it } from '@jest/globals';

import { childEnvironment, trialEnvironment } from './child-environment.js';

const ENV = {
  PATH: '/bin',
  NODE_AGENT_TOKEN: 'secret',
  NODE_BASE_FILE: '/etc/base.yml',
  MTX_AUTHINTERNALUSERS_1_PASS: 'secret',
  MTX_LOGSTRUCTURED: 'no',
  MTX_PATHS_X_SOURCE: 'rtsp://h/',
  MTX_RTSPUDPREADBUFFERSIZE: '1',
  MTX_API: 'yes',
};

describe('the environment of MediaMTX', () => {
  it('has what the operator tells it, and nothing that takes the log or the paths away from us', () => {
    expect(childEnvironment(ENV)).toEqual({
      PATH: '/bin',
      MTX_AUTHINTERNALUSERS_1_PASS: 'secret',
      MTX_API: 'yes',
    });
  });

  it('can switch nothing on in a trial', () => {
    expect(trialEnvironment(ENV)).toEqual({ PATH: '/bin' });
  });
});
