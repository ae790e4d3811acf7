/** Calls of this process to MediaMTX and to cameras, by what became of them. */
import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';

import { type ProbeResult } from '../../domain/ports/streaming-metrics.js';
import { Reason } from '../../domain/reason.js';

export const OPERATIONS = [
  'look',
  'look_at',
  'audit_config',
  'inspect',
  'info',
  'replace',
  'remove',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `rejected`: answered, and refused. `failed`: no answer, or one that says nothing. */
export const OUTCOMES = ['ok', 'rejected', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const CAN_BE_REJECTED: ReadonlySet<Operation> = new Set<Operation>(['replace', 'remove']);

const PROBE_RESULTS: readonly ProbeResult[] = [
  'OK',
  'UNKNOWN',
  'ABORTED',
  Reason.sourceDns,
  Reason.sourceRefused,
  Reason.sourceTimeout,
  Reason.sourceUnreachable,
  Reason.sourceTls,
  Reason.sourceAuthFailed,
  Reason.sourceNotFound,
  Reason.sourceProtocol,
  Reason.sourceUnsupportedCodec,
  Reason.sourceBusy,
];

/** In seconds: a write costs 0.085 ms for each path of the node, a call that hangs takes 5 s. */
const BUCKETS = [0.002, 0.01, 0.05, 0.1, 0.5, 1, 5];

@Injectable()
export class CallMetrics {
  private readonly calls;
  private readonly seconds;
  private readonly probes;

  constructor(registry: Registry) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'vigia_mediamtx_calls_total',
      help: 'Calls to the control API of MediaMTX; rejected: it refuses the body; failed: no answer, or one that says nothing.',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'vigia_mediamtx_call_seconds',
      help: 'Duration of a call to the control API of MediaMTX.',
      labelNames: ['operation'],
      buckets: BUCKETS,
      registers,
    });
    this.probes = new Counter({
      name: 'vigia_probes_total',
      help: 'Cameras that Vigia asked itself, by what they said; UNKNOWN: their scheme does not tell; ABORTED: nobody wanted to know any more.',
      labelNames: ['result'],
      registers,
    });
    this.beginAtZero();
  }

  called(operation: Operation, outcome: Outcome, tookMs: number): void {
    this.calls.inc({ operation, outcome });
    this.seconds.observe({ operation }, tookMs / 1_000);
  }

  probed(result: ProbeResult): void {
    this.probes.inc({ result });
  }

  private beginAtZero(): void {
    for (const operation of OPERATIONS) {
      this.seconds.zero({ operation });
      for (const outcome of OUTCOMES) {
        if (outcome !== 'rejected' || CAN_BE_REJECTED.has(operation)) {
          this.calls.inc({ operation, outcome }, 0);
        }
      }
    }
    PROBE_RESULTS.forEach((result) => {
      this.probes.inc({ result }, 0);
    });
  }
}
