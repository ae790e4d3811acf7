import { describe, expect, it } from '@jest/globals';

import { explainNodeAgent, nodeAgentLogLine } from './node-agent-log-line.js';

const entry = (fields: object) =>
  JSON.stringify({ time: '2026-11-23T16:10:44Z', level: 'warn', ...fields });

describe('nodeAgentLogLine', () => {
  it.each([
    [
      { code: null, signal: 'SIGKILL', delayMs: 0 },
      'MediaMTX ended (SIGKILL): starting it again at once',
    ],
    [
      { code: 1, signal: null, delayMs: 250 },
      'MediaMTX ended (code 1): starting it again in 0.25 s',
    ],
    [{ pid: 7, restarts: 1 }, 'MediaMTX is started again (pid 7)'],
  ])('says %j in the words of the stack', (fields, text) => {
    expect(nodeAgentLogLine(entry(fields))).toBe(text);
  });

  it('says nothing of the first start, nor anything that MediaMTX says', () => {
    expect(nodeAgentLogLine(entry({ level: 'info', pid: 7, restarts: 0 }))).toBeUndefined();
    expect(nodeAgentLogLine(entry({ level: 'error', from: 'mediamtx', msg: 'x' }))).toBeUndefined();
  });

  it('hands on what else the agent warns of', () => {
    const line = entry({ msg: 'left out', count: 1 });
    expect(nodeAgentLogLine(line)).toBe('Node agent warning: left out · count=1');
  });
});

describe('explainNodeAgent', () => {
  it('takes the last fault', () => {
    const tail = [
      'x',
      entry({ level: 'error', from: 'mediamtx', msg: 'port is taken' }),
      entry({}),
    ];
    expect(explainNodeAgent(tail)).toBe('MediaMTX and its agent did not start: port is taken');
    expect(explainNodeAgent(['x'])).toBeUndefined();
  });
});
