import {
  type AwaitedSince,
  type DriftKind,
  StreamingMetrics,
  type TickResultName,
} from '#streaming/domain/ports/streaming-metrics.js';
import { type StreamStatus } from '#streaming/domain/stream-status.js';

/** Counts in memory, under names such as `STARTING→RUNNING` and `absent found`. */
export class CountedMetrics extends StreamingMetrics {
  /** How often what has happened. */
  readonly counts: Record<string, number> = {};
  /** How long RUNNING was waited for, in ms. */
  readonly awaited: { since: AwaitedSince; ms: number }[] = [];

  override transitioned(from: StreamStatus | null, to: StreamStatus): void {
    this.add(`${from ?? 'new'}→${to}`);
  }

  override reconnected(): void {
    this.add('reconnects');
  }

  override blipped(): void {
    this.add('blips');
  }

  override becameRunning(since: AwaitedSince, ms: number): void {
    this.awaited.push({ since, ms });
  }

  override ticked(result: TickResultName): void {
    this.add(`${result} ticks`);
  }

  override lookedInVain(): void {
    this.add('looks in vain');
  }

  override driftFound(kind: DriftKind, paths: number): void {
    this.add(`${kind} found`, paths);
  }

  override driftRepaired(kind: DriftKind, paths: number): void {
    this.add(`${kind} repaired`, paths);
  }

  private add(what: string, many = 1): void {
    if (many > 0) {
      this.counts[what] = (this.counts[what] ?? 0) + many;
    }
  }
}
