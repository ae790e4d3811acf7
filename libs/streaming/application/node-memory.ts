/**
 * What this process remembers of its node between looks. Never stored: another process forms its
 * own evidence, so a hand-over may delay a verdict but cannot invent one.
 *
 * A look that began before a write to the same path was answered cannot speak about that path, so
 * observing it then is inconclusive.
 */
import { Injectable } from '@nestjs/common';

import {
  EMPTY_MEMO,
  type Observation,
  type PathMemo,
  fold,
  hasBlipped,
  isNews,
  rememberGeneration,
} from '../domain/fold.js';
import { type PathSample } from '../domain/look.js';
import { StreamingMetrics } from '../domain/ports/streaming-metrics.js';
import { type Probing, type SourceFault, sawNoPath } from '../domain/probing.js';
import { type StreamState } from '../domain/stream.js';

/** Long enough for a follower that is between two looks; older memories belong to ended streams. */
const FORGET_AFTER_MS = 600_000;

interface Remembered {
  memo: PathMemo;
  touchedAtMs: number;
}

@Injectable()
export class NodeMemory {
  private readonly memos = new Map<string, Remembered>();
  private readonly writtenAtMs = new Map<string, number>();
  private readonly watched = new Set<string>();
  orphansSinceMs: ReadonlyMap<string, number> = new Map();

  constructor(private readonly metrics: StreamingMetrics) {}

  observe(
    state: StreamState,
    seen: PathSample | null | 'inconclusive',
    time: { lookStartedMs: number; nowMs: number },
  ): Observation {
    const told = this.isWrittenSince(state.path, time.lookStartedMs) ? 'inconclusive' : seen;
    const remembered = this.memos.get(state.id);
    const known = rememberGeneration(remembered?.memo ?? EMPTY_MEMO, state.generation);
    const { memo, observation } = fold(known, told, time.nowMs);
    if (state.status === 'RUNNING' && !state.onDemand && hasBlipped(known, memo)) {
      this.metrics.blipped();
    }
    if (remembered === undefined) {
      this.memos.set(state.id, { memo, touchedAtMs: time.nowMs });
    } else {
      remembered.memo = memo;
      remembered.touchedAtMs = time.nowMs;
    }
    return observation;
  }

  /** Every clock of silence stands still until the next conclusive look. */
  pause(): void {
    for (const remembered of this.memos.values()) {
      const { memo } = fold(remembered.memo, 'inconclusive', 0);
      remembered.memo = { ...memo, probing: sawNoPath(memo.probing) };
    }
  }

  update(streamId: string, nowMs: number, change: (memo: PathMemo) => PathMemo): void {
    this.memos.set(streamId, { memo: change(this.memoOf(streamId)), touchedAtMs: nowMs });
  }

  /** What concerns an older generation than the one that is known says nothing about it. */
  updateGeneration(
    { id, generation }: Pick<StreamState, 'id' | 'generation'>,
    nowMs: number,
    change: (memo: PathMemo) => PathMemo,
  ): void {
    this.update(id, nowMs, (known) => {
      const memo = rememberGeneration(known, generation);
      return memo.generation === generation ? change(memo) : memo;
    });
  }

  writeBegan(path: string): void {
    this.writtenAtMs.set(path, Number.POSITIVE_INFINITY);
  }

  writeEnded(path: string, nowMs: number): void {
    this.writtenAtMs.set(path, nowMs);
  }

  /** Remembers who had viewers, also while their path is gone: their streams come back first. */
  sawReaders(paths: ReadonlyMap<string, PathSample>, wanted: ReadonlySet<string>): void {
    for (const name of wanted) {
      const readers = paths.get(name)?.readers;
      if (readers !== undefined && readers > 0) {
        this.watched.add(name);
      } else if (readers === 0) {
        this.watched.delete(name);
      }
    }
    for (const name of this.watched) {
      if (!wanted.has(name)) {
        this.watched.delete(name);
      }
    }
  }

  hadReaders(path: string): boolean {
    return this.watched.has(path);
  }

  /** A new holder starts without evidence. */
  reset(): void {
    this.memos.clear();
    this.orphansSinceMs = new Map();
  }

  forgetEnded(activeIds: ReadonlySet<string>, nowMs: number): void {
    for (const [id, { touchedAtMs }] of this.memos) {
      if (!activeIds.has(id) && nowMs - touchedAtMs > FORGET_AFTER_MS) {
        this.memos.delete(id);
      }
    }
    for (const [path, atMs] of this.writtenAtMs) {
      if (nowMs - atMs > FORGET_AFTER_MS) {
        this.writtenAtMs.delete(path);
      }
    }
  }

  /** Whether a write to this path ended after that instant, or is under way. */
  isWrittenSince(path: string, startedMs: number): boolean {
    return (this.writtenAtMs.get(path) ?? Number.NEGATIVE_INFINITY) > startedMs;
  }

  /** False while a refused body waits for its next try. */
  mayApply(streamId: string, nowMs: number): boolean {
    return nowMs >= this.memoOf(streamId).retryAtMs;
  }

  /** Whether what the node tells of a source was not known, and is about what is wrong now. */
  isNews(streamId: string, fault: SourceFault): boolean {
    return isNews(this.memoOf(streamId), fault);
  }

  probingOf(streamId: string): Probing {
    return this.memoOf(streamId).probing;
  }

  /** The newest one that was looked at; 0 when none was. */
  generationOf(streamId: string): number {
    return this.memoOf(streamId).generation;
  }

  private memoOf(streamId: string): PathMemo {
    return this.memos.get(streamId)?.memo ?? EMPTY_MEMO;
  }
}
