import { beforeEach, describe, expect, it } from '@jest/globals';

import { aSample, aSilentSample, aStream } from '#test/support/streaming/a-stream.js';
import { CountedMetrics } from '#test/support/streaming/counted-metrics.js';

import { type Observation, rememberApplied } from '../domain/fold.js';
import { type PathSample } from '../domain/look.js';
import { NodeMemory } from './node-memory.js';

const STREAM = aStream({ status: 'RUNNING' });

let memory: NodeMemory;
beforeEach(() => {
  memory = new NodeMemory(new CountedMetrics());
});

function look(atMs: number, seen: PathSample | null | 'inconclusive', tookMs = 0): Observation {
  return memory.observe(STREAM, seen, { lookStartedMs: atMs - tookMs, nowMs: atMs });
}

describe('NodeMemory', () => {
  it('puts the looks at one stream together', () => {
    look(0, aSample({ inboundBytes: 1 }));
    expect(look(5_000, aSample({ inboundBytes: 2 }))).toMatchObject({ isFlowing: true });
  });

  it('keeps streams apart, also those that share a path', () => {
    look(0, aSample({ inboundBytes: 1 }));
    const newer = aStream({ id: 'another' });
    const time = { lookStartedMs: 1_000, nowMs: 1_000 };
    expect(memory.observe(newer, aSample({ inboundBytes: 2 }), time)).toMatchObject({
      isFirst: true,
      isFlowing: false,
    });
  });

  it('takes no look for evidence that began before a write to its path was answered', () => {
    memory.writeBegan(STREAM.path);
    expect(look(1_000, null)).toEqual({ kind: 'inconclusive' });
    memory.writeEnded(STREAM.path, 2_000);
    expect(look(2_500, null, 501)).toEqual({ kind: 'inconclusive' });
    expect(look(2_500, null, 500)).toMatchObject({ kind: 'absent', isFirst: true });
  });

  it('stops the clock of silence for as long as a write is under way', () => {
    look(0, aSilentSample());
    memory.writeBegan(STREAM.path);
    look(4_000, aSilentSample());
    memory.writeEnded(STREAM.path, 9_000);
    expect(look(9_500, aSilentSample())).toMatchObject({ silentForMs: 0 });
    expect(look(10_000, aSilentSample())).toMatchObject({ silentForMs: 500 });
  });

  it('minds only writes to the path that is looked at', () => {
    memory.writeBegan('cam/gate-4');
    expect(look(1_000, null)).toMatchObject({ kind: 'absent' });
  });

  it('stops every clock of silence while looks are inconclusive', () => {
    look(0, aSilentSample());
    memory.pause();
    look(9_000, aSilentSample());
    expect(look(10_000, aSilentSample())).toMatchObject({ silentForMs: 1_000 });
  });

  it('remembers what was accepted', () => {
    memory.update(STREAM.id, 0, (memo) =>
      rememberApplied(memo, { generation: 3, storedGeneration: 2, nowMs: 0 }),
    );
    expect(look(1_000, aSample())).toMatchObject({ appliedGeneration: 3 });
  });

  it('forgets everything when it begins anew', () => {
    look(0, aSample());
    memory.orphansSinceMs = new Map([['cam/stranger', 0]]);
    memory.reset();
    expect(look(1_000, aSample())).toMatchObject({ isFirst: true });
    expect(memory.orphansSinceMs.size).toBe(0);
  });

  it('forgets streams that ended ten minutes ago, and no others', () => {
    look(0, aSample());
    memory.forgetEnded(new Set(), 600_000);
    expect(look(600_000, aSample())).toMatchObject({ isFirst: false });
    memory.forgetEnded(new Set([STREAM.id]), 3_600_000);
    expect(look(3_600_000, aSample())).toMatchObject({ isFirst: false });
    memory.forgetEnded(new Set(), 4_200_001);
    expect(look(4_200_001, aSample())).toMatchObject({ isFirst: true });
  });

  it('forgets old writes, but never one that is under way', () => {
    memory.writeBegan(STREAM.path);
    memory.forgetEnded(new Set(), 3_600_000);
    expect(look(3_600_000, null)).toEqual({ kind: 'inconclusive' });
    memory.writeEnded(STREAM.path, 3_600_000);
    memory.forgetEnded(new Set(), 4_200_001);
    expect(look(4_200_001, null, 700_000)).toMatchObject({ kind: 'absent' });
  });

  it('remembers who had viewers until it sees that they left, not while their path is gone', () => {
    const seen = (readers: number): ReadonlyMap<string, PathSample> =>
      new Map([[STREAM.path, aSample({ readers })]]);
    expect(memory.hadReaders(STREAM.path)).toBe(false);
    const wanted = new Set([STREAM.path]);
    memory.sawReaders(seen(2), wanted);
    memory.sawReaders(new Map(), wanted);
    expect(memory.hadReaders(STREAM.path)).toBe(true);
    memory.sawReaders(seen(0), wanted);
    expect(memory.hadReaders(STREAM.path)).toBe(false);
    memory.sawReaders(seen(2), wanted);
    memory.sawReaders(new Map(), new Set());
    expect(memory.hadReaders(STREAM.path)).toBe(false);
  });
});
