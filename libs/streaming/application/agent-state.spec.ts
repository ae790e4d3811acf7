import { beforeEach, describe, expect, it } from '@jest/globals';

import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

import { AgentState } from './agent-state.js';
import { NodeEpisodes } from './node-episodes.js';

let logs = silentLogs();
let clock: FakeClock;
let agent: AgentState;
beforeEach(() => {
  logs = silentLogs();
  clock = new FakeClock();
  agent = new AgentState(clock, new NodeEpisodes(clock, 'default'));
});

describe('AgentState', () => {
  it('says once that it is silent, and once that it is back', async () => {
    agent.failed('connection refused', clock.monotonicMs());
    await clock.advance(7_000);
    agent.callBegan();
    agent.failed('connection refused', clock.monotonicMs());
    expect(agent.conditions.agentCause).toBe('connection refused');
    agent.answered([]);
    agent.answered([]);
    expect(agent.conditions.agentCause).toBeNull();
    expect(sentences(logs)).toEqual([
      'node agent does not answer; the node is looked after without it',
      'node agent answers again',
    ]);
  });

  it('leaves one that fails alone for ever longer, up to half a minute', async () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      agent.callBegan();
      agent.failed('no answer', clock.monotonicMs());
      let waitedMs = 0;
      for (; !agent.mayCall; waitedMs += 500) await clock.advance(500);
      waits.push(waitedMs);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('asks at once one that is said to be back', () => {
    agent.failed('no answer', clock.monotonicMs());
    expect(agent.mayCall).toBe(false);
    agent.saidToBeBack();
    expect(agent.mayCall).toBe(true);
  });

  it('says once that something is left out, and once that nothing is any more', () => {
    agent.answered(['cam/a']);
    agent.answered(['cam/a', 'cam/b']);
    expect(agent.conditions.leftOutPaths).toBe(2);
    agent.answered([]);
    agent.answered([]);
    expect(agent.conditions.leftOutPaths).toBe(0);
    expect(sentences(logs)).toEqual([
      'paths are left out of what MediaMTX boots with: it would refuse them',
      'no path is left out of what MediaMTX boots with any more',
    ]);
  });

  it('says once that the boot file is stale, why, and that it is up to date again', () => {
    agent.bootFileIsCurrent();
    agent.bootFileIsStale('HTTP 500');
    agent.bootFileIsStale('HTTP 503');
    expect(agent.conditions.bootFileCause).toBe('HTTP 503');
    agent.bootFileIsCurrent();
    expect(agent.conditions.bootFileCause).toBeNull();
    expect(sentences(logs)).toEqual([
      'what MediaMTX boots with is not up to date; tried again',
      'what MediaMTX boots with is up to date again',
    ]);
  });
});
