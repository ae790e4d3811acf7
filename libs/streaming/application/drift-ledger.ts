/**
 * Counts drift by what looks show, not by what was sent: found when it is new, repaired when a later
 * look does not show it any more.
 */
import { Injectable } from '@nestjs/common';

import {
  DRIFT_KINDS,
  type DriftKind,
  StreamingMetrics,
} from '../domain/ports/streaming-metrics.js';

const NONE: ReadonlySet<string> = new Set();

@Injectable()
export class DriftLedger {
  private readonly open = new Map<DriftKind, ReadonlySet<string>>();

  constructor(private readonly metrics: StreamingMetrics) {}

  /** @param paths all that have it, as a whole look shows */
  saw(kind: DriftKind, paths: readonly string[]): void {
    const before = this.open.get(kind) ?? NONE;
    if (paths.length === 0 && before.size === 0) {
      return;
    }
    const now = new Set(paths);
    this.metrics.driftFound(kind, [...now].filter((path) => !before.has(path)).length);
    this.metrics.driftRepaired(kind, [...before].filter((path) => !now.has(path)).length);
    this.open.set(kind, now);
  }

  /** Somebody else holds the lease: what became of it is his to see. */
  reset(): void {
    for (const kind of DRIFT_KINDS) {
      this.open.delete(kind);
    }
  }
}
