import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { agentEnvironment, readAgentConfig } from './agent-config.js';

const NEEDED = { NODE_AGENT_TOKEN: '0123456789abcdef', NODE_BASE_FILE: '/etc/base.yml' };

describe('readAgentConfig', () => {
  it('needs a token and a base file, and listens on this machine only', () => {
    expect(readAgentConfig({ ...NEEDED, LOG_LEVEL: '' })).toEqual({
      ...NEEDED,
      NODE_AGENT_HOST: '127.0.0.1',
      NODE_AGENT_PORT: 9_996,
      NODE_AGENT_DIR: '.vigia-node',
      NODE_ID: 'default',
      PATH_PREFIX: 'cam',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
    });
  });

  it('says all faults at once, and no value', () => {
    const read = () => readAgentConfig({ NODE_AGENT_TOKEN: 'hunter2', NODE_AGENT_PORT: '70000' });
    expect(read).toThrow(
      /NODE_AGENT_TOKEN: must be at least.*\n.*NODE_AGENT_PORT.*\n.*NODE_BASE_FILE: must be set/,
    );
    expect(read).not.toThrow('hunter2');
  });

  it('is documented, name by name', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/nodes.md'), 'utf8');
    const names = Object.keys(agentEnvironment.shape);
    expect(names.filter((name) => !page.includes(`${name}=`))).toEqual([]);
  });
});
