/** How many streams are how, at the moment of a scrape. */
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { type SiteTally, TallySite } from '../../application/tally-site.js';
import { type StreamTally } from '../../domain/ports/stream-tallies.js';
import { Reason } from '../../domain/reason.js';
import { STREAM_HEALTHS, STREAM_STATUSES, healthOf } from '../../domain/stream-status.js';

/** Active without a reason; and one that this version does not know. */
const NO_REASON = 'NONE';
const OTHER_REASON = 'OTHER';
const REASONS: ReadonlySet<string> = new Set([...Object.values(Reason), NO_REASON, OTHER_REASON]);

@Injectable()
export class StreamGauges {
  constructor(
    registry: Registry,
    private readonly site: TallySite,
  ) {
    this.family(registry, {
      name: 'vigia_streams_by_status',
      help: 'Streams by status. The same from every replica; as last known while the database is out.',
      label: 'status',
      values: STREAM_STATUSES,
      count: byStatus,
    });
    this.family(registry, {
      name: 'vigia_streams_by_reason',
      help: 'Streams that are active or still to be removed, by reason; NONE: there is nothing to say. The same from every replica.',
      label: 'reason',
      values: REASONS,
      count: byReason,
    });
    this.family(registry, {
      name: 'vigia_streams_by_health',
      help: 'Streams by health; UNKNOWN: nobody has looked at their node for 15 s. The same from every replica.',
      label: 'health',
      values: STREAM_HEALTHS,
      count: byHealth,
    });
    new Gauge({
      name: 'vigia_streams_removal_pending',
      help: 'Stopped streams whose path was not yet seen to be gone. The same from every replica.',
      registers: [registry],
      collect: collecting(site, (gauge, known) => {
        const pending = known?.tallies.filter(({ removalPending }) => removalPending);
        gauge.set(pending === undefined ? Number.NaN : sum(pending));
      }),
    });
  }

  private family(registry: Registry, { name, help, label, values, count }: Family): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect: collecting(this.site, (gauge, site) => {
        const begin = site === null ? Number.NaN : 0;
        const counts = new Map([...values].map((value) => [value, begin]));
        if (site !== null) {
          count(site, (value, streams) => counts.set(value, (counts.get(value) ?? 0) + streams));
        }
        counts.forEach((streams, value) => {
          gauge.set({ [label]: value }, streams);
        });
      }),
    });
  }
}

type Add = (value: string, streams: number) => void;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly values: Iterable<string>;
  readonly count: (site: SiteTally, add: Add) => void;
}

/** prom-client gives the gauge as `this`. Null: nothing is known yet, which is not the same as none. */
function collecting(
  site: TallySite,
  set: (gauge: Gauge, site: SiteTally | null) => void,
): (this: Gauge) => Promise<void> {
  return async function collect(this: Gauge) {
    set(this, await site.execute());
  };
}

function byStatus({ tallies, stopped }: SiteTally, add: Add): void {
  add('STOPPED', stopped);
  active(tallies).forEach(({ status, streams }) => add(status, streams));
}

function byReason({ tallies }: SiteTally, add: Add): void {
  for (const { reason, streams } of tallies) {
    const known = reason ?? NO_REASON;
    add(REASONS.has(known) ? known : OTHER_REASON, streams);
  }
}

function byHealth({ tallies, stopped, nodes }: SiteTally, add: Add): void {
  const ages = new Map(nodes.map(({ id, lookAgeMs }) => [id, lookAgeMs]));
  add('STOPPED', stopped);
  active(tallies).forEach(({ status, nodeId, streams }) =>
    add(healthOf(status, ages.get(nodeId) ?? null), streams),
  );
}

function active(tallies: readonly StreamTally[]): StreamTally[] {
  return tallies.filter(({ status }) => status !== 'STOPPED');
}

function sum(tallies: readonly StreamTally[]): number {
  return tallies.reduce((total, { streams }) => total + streams, 0);
}
