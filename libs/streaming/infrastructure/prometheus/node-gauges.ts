/** How each node is: as every replica can read it, and what this process does for it. */
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { Nodes, type NodeVitals } from '../../application/nodes.js';
import { type NodeTally, TallySite } from '../../application/tally-site.js';
import { LOOK_FRESH_MS } from '../../domain/stream-status.js';

const SHARED = 'The same from every replica.';

interface Family<Of> {
  readonly name: string;
  readonly help: string;
  readonly value: (of: Of) => number;
}

const OF_SITE: readonly Family<NodeTally>[] = [
  {
    name: 'vigia_node_reachable',
    help: `1: its last look was answered, and is younger than 15 s. ${SHARED}`,
    value: ({ isReachable, lookAgeMs }) => flag(isReachable && isFresh(lookAgeMs)),
  },
  {
    name: 'vigia_node_last_look_age_seconds',
    help: `Age of the last good look; NaN: there was none. ${SHARED}`,
    value: ({ lookAgeMs }) => (lookAgeMs === null ? Number.NaN : lookAgeMs / 1_000),
  },
  {
    name: 'vigia_node_poisoned',
    help: `1: a path altered by hand makes it refuse every write. ${SHARED}`,
    value: ({ isPoisoned }) => flag(isPoisoned),
  },
  {
    name: 'vigia_node_writes_failing',
    help: `1: its last write was not answered. ${SHARED}`,
    value: ({ areWritesFailing }) => flag(areWritesFailing),
  },
  {
    name: 'vigia_node_unknown_paths',
    help: `Paths that no stream of the database knows, and which are kept since they are many. ${SHARED}`,
    value: ({ unknownPaths }) => unknownPaths,
  },
  {
    name: 'vigia_node_agent_failing',
    help: `1: its agent does not answer, or MediaMTX would boot with something else than what is wanted. ${SHARED}`,
    value: ({ isAgentFailing }) => flag(isAgentFailing),
  },
  {
    name: 'vigia_node_leased',
    help: `1: some replica holds its lease, and acts for it. ${SHARED}`,
    value: ({ isLeased }) => flag(isLeased),
  },
  {
    name: 'vigia_node_streams',
    help: `Streams placed there, active or still to be removed. ${SHARED}`,
    value: ({ streams }) => streams,
  },
  {
    name: 'vigia_node_capacity',
    help: `How many streams it may have; NaN: no limit. ${SHARED}`,
    value: ({ maxPaths }) => maxPaths ?? Number.NaN,
  },
];

const OF_PROCESS: readonly Family<NodeVitals>[] = [
  {
    name: 'vigia_lease_held',
    help: '1: this process holds the lease of the node.',
    value: ({ isHeld }) => flag(isHeld),
  },
  {
    name: 'vigia_writer_queue_depth',
    help: 'Paths that wait to be written to the node by this process.',
    value: ({ queueDepth }) => queueDepth,
  },
  {
    name: 'vigia_writer_queue_oldest_seconds',
    help: 'For how long the path that waits longest has waited, the one under way included.',
    value: ({ queueOldestMs }) => queueOldestMs / 1_000,
  },
];

@Injectable()
export class NodeGauges {
  constructor(registry: Registry, site: TallySite, nodes: Nodes) {
    OF_SITE.forEach(({ name, help, value }) => {
      gauge(registry, { name, help }, async (set) => {
        const { nodes: known = [] } = (await site.execute()) ?? {};
        known.forEach((node) => set(node.id, value(node)));
      });
    });
    OF_PROCESS.forEach(({ name, help, value }) => {
      gauge(registry, { name, help }, (set) => {
        nodes.all.forEach(({ id, vitals }) => set(id, value(vitals)));
      });
    });
  }
}

type Fill = (set: (nodeId: string, value: number) => void) => Promise<void> | void;

function gauge(registry: Registry, about: { name: string; help: string }, fill: Fill): void {
  new Gauge({
    ...about,
    labelNames: ['node'],
    registers: [registry],
    async collect() {
      const values: [string, number][] = [];
      await fill((nodeId, value) => values.push([nodeId, value]));
      // A node that is no longer configured is no longer told of.
      this.reset();
      values.forEach(([node, value]) => {
        this.set({ node }, value);
      });
    },
  });
}

function isFresh(lookAgeMs: number | null): boolean {
  return lookAgeMs !== null && lookAgeMs <= LOOK_FRESH_MS;
}

function flag(is: boolean): number {
  return is ? 1 : 0;
}
