/**
 * The site in numbers, for whoever asks again and again: read beside the asking, with patience that
 * ends, and as last known when the database does not answer. Ages go on meanwhile, so that what is
 * old says so by itself. Nobody asking costs nothing.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type ListedNode, NodeDirectory } from '../domain/ports/node-directory.js';
import { type NodeConditions, NodeLeases } from '../domain/ports/node-leases.js';
import { type StreamTally, StreamTallies } from '../domain/ports/stream-tallies.js';
import { ConfiguredNodes } from './configured-nodes.js';
import { isText } from './node-problems.js';
import { type ReportedNode, reportedNodes } from './reported-nodes.js';

/** Too low: a database under load counts as out. Too high: a scrape ends before its answer. */
const PATIENCE_MS = 1_000;

export interface NodeTally extends Pick<ListedNode, 'id' | 'streams' | 'maxPaths'> {
  readonly isLeased: boolean;
  /** By its last look, which is `lookAgeMs` old. */
  readonly isReachable: boolean;
  readonly lookAgeMs: number | null;
  readonly isPoisoned: boolean;
  readonly areWritesFailing: boolean;
  /** It does not answer, or MediaMTX would boot with something else than what is wanted. */
  readonly isAgentFailing: boolean;
  /** Paths without any stream that are kept, since there are many of them. */
  readonly unknownPaths: number;
}

export interface SiteTally {
  readonly tallies: readonly StreamTally[];
  readonly stopped: number;
  readonly nodes: readonly NodeTally[];
}

interface Known extends SiteTally {
  readonly readAtMs: number;
}

@Injectable()
export class TallySite {
  private readonly configured: ReadonlySet<string>;
  private known: Known | null = null;
  private underWay: Promise<void> | null = null;
  private askedAtMs = 0;

  constructor(
    private readonly streams: StreamTallies,
    private readonly leases: NodeLeases,
    private readonly directory: NodeDirectory,
    { descriptions }: ConfiguredNodes,
    private readonly clock: Clock,
  ) {
    this.configured = new Set(descriptions.map(({ id }) => id));
  }

  /** Null until it could be read once. Never fails. */
  async execute(): Promise<SiteTally | null> {
    const nowMs = this.clock.monotonicMs();
    if (this.underWay === null) {
      this.askedAtMs = nowMs;
      this.underWay = this.read().finally(() => {
        this.underWay = null;
      });
    }
    // Who comes later waits no longer for the same answer than who came first.
    const leftMs = this.askedAtMs + PATIENCE_MS - nowMs;
    if (leftMs > 0) {
      const ended = new AbortController();
      await Promise.race([this.underWay, this.clock.delay(leftMs, ended.signal)]);
      ended.abort();
    }
    return this.known === null ? null : aged(this.known, this.clock.monotonicMs());
  }

  /** Why it cannot be read is said by whoever looks after the database. */
  private async read(): Promise<void> {
    const readAtMs = this.clock.monotonicMs();
    try {
      const [{ tallies, stopped }, nodes] = await Promise.all([
        this.streams.count(),
        reportedNodes(this.leases, this.directory, this.configured),
      ]);
      this.known = { readAtMs, tallies, stopped, nodes: nodes.map(tallyOf) };
    } catch {
      // As last known.
    }
  }
}

function tallyOf({ node: { id, streams, maxPaths }, report }: ReportedNode): NodeTally {
  const { conditions = null, isLeased = false, lookAgeMs = null } = report ?? {};
  return { id, streams, maxPaths, isLeased, lookAgeMs, ...stateOf(conditions) };
}

type Told = Omit<NodeTally, 'id' | 'streams' | 'maxPaths' | 'isLeased' | 'lookAgeMs'>;

const NOTHING_TOLD: Told = {
  isReachable: false,
  isPoisoned: false,
  areWritesFailing: false,
  isAgentFailing: false,
  unknownPaths: 0,
};

function stateOf(conditions: Partial<NodeConditions> | null): Told {
  if (conditions === null) {
    return NOTHING_TOLD;
  }
  const { writeCause, agentCause, bootFileCause, ...told } = conditions;
  return {
    isReachable: told.isReachable === true,
    isPoisoned: told.isPoisoned === true,
    areWritesFailing: isText(writeCause),
    isAgentFailing: isText(agentCause) || isText(bootFileCause),
    unknownPaths: told.unknownPaths ?? 0,
  };
}

function aged({ tallies, stopped, nodes, readAtMs }: Known, nowMs: number): SiteTally {
  const sinceMs = nowMs - readAtMs;
  return {
    tallies,
    stopped,
    nodes: nodes.map((node) => ({
      ...node,
      lookAgeMs: node.lookAgeMs === null ? null : node.lookAgeMs + sinceMs,
    })),
  };
}
