import { beforeEach, describe, expect, it } from '@jest/globals';

import { SETTINGS } from '#test/support/streaming/control-plane.js';
import { FakeClock } from '#test/support/streaming/fake-clock.js';
import { sentences, silentLogs } from '#test/support/streaming/silent-logs.js';

import { type NodeFacts } from '../domain/node-hazards.js';
import { NodeState } from './node-state.js';

const FACTS: NodeFacts = {
  version: 'v1.20.1',
  started: 'first',
  hasUdpReadBufferSize: false,
  hasCatchAllPath: false,
  hasRecordCleaner: false,
};

let logs = silentLogs();
let clock: FakeClock;
let node: NodeState;

beforeEach(() => {
  logs = silentLogs();
  clock = new FakeClock();
  node = new NodeState(clock, SETTINGS);
});

function lookFails(cause = 'connection refused'): void {
  node.lookFailed(cause, clock.monotonicMs());
}

describe('NodeState: is the node there?', () => {
  it('is taken for reachable until it fails', () => {
    expect(node.conditions).toEqual({
      isReachable: true,
      cause: null,
      writeCause: null,
      version: null,
      isPoisoned: false,
      hazards: [],
      unknownPaths: 0,
      agentCause: null,
      leftOutPaths: 0,
      bootFileCause: null,
    });
    expect([node.isAnswering, node.mayCall]).toEqual([true, true]);
  });

  it('leaves a node that failed alone for a while, and lets one caller ask', async () => {
    lookFails();
    expect([node.isAnswering, node.mayCall, node.retryInMs]).toEqual([false, false, 1_000]);
    await clock.advance(1_000);
    expect([node.isAnswering, node.mayCall]).toEqual([false, true]);
    node.callBegan();
    expect(node.mayCall).toBe(false);
    expect(node.conditions.isReachable).toBe(false);
  });

  it('calls it at once again when it answers', () => {
    lookFails();
    node.lookAnswered();
    expect([node.isAnswering, node.mayCall]).toEqual([true, true]);
    expect(node.conditions).toMatchObject({ isReachable: true, cause: null });
  });

  it('tells the newest cause, and says an outage once with its length', async () => {
    lookFails();
    await clock.advance(7_000);
    node.callBegan();
    lookFails('no answer within 5000 ms');
    expect(node.conditions.cause).toBe('no answer within 5000 ms');
    node.lookAnswered();
    node.lookAnswered();
    expect(sentences(logs)).toEqual(['node does not answer', 'node answers again']);
    expect(logs[0]?.fields).toMatchObject({ call: 'look', cause: 'connection refused' });
    expect(logs[1]?.fields).toMatchObject({ outageMs: 7_000 });
  });

  it('says once that writes fail while looks are answered, and when that is over', () => {
    for (let tick = 0; tick < 3; tick += 1) {
      node.lookAnswered();
      node.writeFailed('HTTP 503', clock.monotonicMs());
      expect(node.conditions).toMatchObject({ isReachable: true, writeCause: 'HTTP 503' });
    }
    expect(sentences(logs)).toEqual(['node does not answer']);
    expect(logs[0]?.fields).toMatchObject({ call: 'write', cause: 'HTTP 503' });
    node.writeAnswered();
    expect(node.conditions.writeCause).toBeNull();
    expect(sentences(logs)).toEqual(['node does not answer', 'node answers again']);
  });

  it('forgets a write that failed once nothing is left to write', () => {
    node.writeFailed('HTTP 503', clock.monotonicMs());
    node.lookAnswered();
    node.nothingToWrite();
    expect(node.conditions.writeCause).toBeNull();
    expect(sentences(logs)).toEqual(['node does not answer', 'node answers again']);
  });

  it('is inspected anew after an outage and after gaining the lease', () => {
    node.inspected(FACTS);
    expect([node.isInspected, node.started]).toEqual([true, 'first']);
    lookFails();
    node.lookAnswered();
    expect([node.isInspected, node.conditions.version]).toEqual([false, null]);
    node.inspected(FACTS);
    node.newHolder();
    expect(node.isInspected).toBe(false);
  });

  it('names what works against us when it appears, and again only after it was gone', () => {
    const cleaner = { ...FACTS, hasRecordCleaner: true };
    [cleaner, cleaner, FACTS, cleaner].forEach((facts) => {
      node.inspected(facts);
    });
    expect(node.conditions.hazards).toEqual(['NODE_RECORD_CLEANER']);
    expect(sentences(logs, 'warn')).toHaveLength(2);
    expect(sentences(logs, 'log')).toHaveLength(1);
    for (const { fields } of logs) {
      expect(fields).toMatchObject({ nodeId: 'default', code: 'NODE_RECORD_CLEANER' });
    }
  });
});

describe('NodeState: how old is the last look?', () => {
  it('does not say before there were two, since the first one proves nothing', async () => {
    expect(node.lookAgeMs).toBeNull();
    node.looked();
    expect(node.lookAgeMs).toBeNull();
    await clock.advance(5_000);
    node.looked();
    await clock.advance(1_000);
    expect(node.lookAgeMs).toBe(1_000);
  });

  it('counts anew for a new holder', () => {
    node.looked();
    node.looked();
    node.newHolder();
    expect(node.lookAgeMs).toBeNull();
  });
});

describe('NodeState: is it poisoned?', () => {
  it('sweeps at once and then once a minute, until a write passes', async () => {
    expect(node.takeSweep()).toBe(false);
    node.poisoned();
    expect(node.takeSweep()).toBe(true);
    expect(node.takeSweep()).toBe(false);
    await clock.advance(59_999);
    expect(node.takeSweep()).toBe(false);
    await clock.advance(1);
    expect(node.takeSweep()).toBe(true);
    node.writeAccepted();
    await clock.advance(60_000);
    expect(node.takeSweep()).toBe(false);
    expect(node.isPoisoned).toBe(false);
  });

  it('says once that it is, with what to do, and once that it is over', async () => {
    node.poisoned();
    await clock.advance(61_000);
    node.poisoned();
    node.writeAccepted();
    node.writeAccepted();
    expect(logs).toHaveLength(2);
    expect(logs[0]).toMatchObject({
      level: 'error',
      fields: { code: 'NODE_CONFIG_POISONED' },
      sentence: expect.stringContaining('Replace or delete'),
    });
    expect(logs[1]?.fields).toMatchObject({ outageMs: 61_000 });
  });
});

describe('NodeState: is the removal of strangers braked?', () => {
  it('says it each time that it begins, and not in between', () => {
    [50, 49, 0, 0, 50].forEach((unknownPaths) => {
      node.braked(unknownPaths);
    });
    expect(sentences(logs, 'error')).toHaveLength(2);
    expect(node.conditions.unknownPaths).toBe(50);
  });
});
