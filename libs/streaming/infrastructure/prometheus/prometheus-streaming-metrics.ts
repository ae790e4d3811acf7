/** What happens in this process. Series of closed sets exist at 0 from the start: a rate needs that. */
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

import {
  type AwaitedSince,
  DRIFT_KINDS,
  type DriftKind,
  StreamingMetrics,
  TICK_RESULTS,
  type TickResultName,
} from '../../domain/ports/streaming-metrics.js';
import { type StreamStatus } from '../../domain/stream-status.js';

/** In seconds, around the deadline of a source, 20 s. */
const START_BUCKETS = [0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 300];
/** In seconds: MediaMTX dials every 5 s, a camera starts in a minute, a power cut lasts for hours. */
const RECOVERY_BUCKETS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600];
/** In seconds: a tick of 10 000 streams takes about 0.2, a node that hangs takes 5. */
const TICK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** All that the lifecycle allows. */
const TRANSITIONS: readonly (readonly [StreamStatus | null, StreamStatus])[] = [
  [null, 'STARTING'],
  ['STARTING', 'RUNNING'],
  ['STARTING', 'ERROR'],
  ['STARTING', 'STOPPED'],
  ['RUNNING', 'STARTING'],
  ['RUNNING', 'ERROR'],
  ['RUNNING', 'STOPPED'],
  ['ERROR', 'STARTING'],
  ['ERROR', 'RUNNING'],
  ['ERROR', 'STOPPED'],
];

@Injectable()
export class PrometheusStreamingMetrics extends StreamingMetrics {
  private readonly transitions;
  private readonly reconnects;
  private readonly blips;
  private readonly starts;
  private readonly recoveries;
  private readonly ticks;
  private readonly tickSeconds;
  private readonly vainLooks;
  private readonly found;
  private readonly repaired;

  constructor(registry: Registry) {
    super();
    const registers = [registry];
    this.transitions = new Counter({
      name: 'vigia_stream_transitions_total',
      help: 'Changes of status that this process saved; from NONE: a new stream.',
      labelNames: ['from', 'to'],
      registers,
    });
    this.reconnects = new Counter({
      name: 'vigia_stream_reconnects_total',
      help: 'Streams that lost their media and are RUNNING again.',
      registers,
    });
    this.blips = new Counter({
      name: 'vigia_stream_blips_total',
      help: 'Interruptions that were over before they were confirmed as a loss.',
      registers,
    });
    this.starts = new Histogram({
      name: 'vigia_stream_start_seconds',
      help: 'From the acceptance of a start to RUNNING.',
      buckets: START_BUCKETS,
      registers,
    });
    this.recoveries = new Histogram({
      name: 'vigia_stream_recovery_seconds',
      help: 'From the loss of the media to RUNNING.',
      buckets: RECOVERY_BUCKETS,
      registers,
    });
    this.ticks = new Counter({
      name: 'vigia_ticks_total',
      help: 'Comparisons of a node with what is wanted; inconclusive: it did not answer; failed: the database, or a fault of ours.',
      labelNames: ['result'],
      registers,
    });
    this.tickSeconds = new Histogram({
      name: 'vigia_tick_seconds',
      help: 'Duration of a tick; the writes that it hands out are not part of it.',
      buckets: TICK_BUCKETS,
      registers,
    });
    this.vainLooks = new Counter({
      name: 'vigia_looks_inconclusive_total',
      help: 'Looks at a node that said nothing: an error, a time-out, a broken answer.',
      registers,
    });
    this.found = new Counter({
      name: 'vigia_drift_found_total',
      help: 'Paths of a node found to be absent, altered by hand, or wanted by nobody. A new holder of the lease counts anew what is open.',
      labelNames: ['kind'],
      registers,
    });
    this.repaired = new Counter({
      name: 'vigia_drift_repaired_total',
      help: 'Paths that a later look shows as wanted again.',
      labelNames: ['kind'],
      registers,
    });
    this.beginAtZero();
  }

  override transitioned(from: StreamStatus | null, to: StreamStatus): void {
    this.transitions.inc(pair(from, to));
  }

  override reconnected(): void {
    this.reconnects.inc();
  }

  override blipped(): void {
    this.blips.inc();
  }

  override becameRunning(since: AwaitedSince, afterMs: number): void {
    (since === 'start' ? this.starts : this.recoveries).observe(afterMs / 1_000);
  }

  override ticked(result: TickResultName, tookMs: number): void {
    this.ticks.inc({ result });
    this.tickSeconds.observe(tookMs / 1_000);
  }

  override lookedInVain(): void {
    this.vainLooks.inc();
  }

  override driftFound(kind: DriftKind, paths: number): void {
    this.found.inc({ kind }, paths);
  }

  override driftRepaired(kind: DriftKind, paths: number): void {
    this.repaired.inc({ kind }, paths);
  }

  private beginAtZero(): void {
    TRANSITIONS.forEach(([from, to]) => {
      this.transitions.inc(pair(from, to), 0);
    });
    TICK_RESULTS.forEach((result) => {
      this.ticks.inc({ result }, 0);
    });
    DRIFT_KINDS.forEach((kind) => {
      this.found.inc({ kind }, 0);
      this.repaired.inc({ kind }, 0);
    });
  }
}

function pair(from: StreamStatus | null, to: StreamStatus): { from: string; to: string } {
  return { from: from ?? 'NONE', to };
}
