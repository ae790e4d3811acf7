import { Injectable } from '@nestjs/common';

import { type PlaybackBases } from '../domain/camera-path.js';
import { type ListedNode, NodeDirectory } from '../domain/ports/node-directory.js';
import { NodeLeases, type NodeReport } from '../domain/ports/node-leases.js';
import { LOOK_FRESH_MS } from '../domain/stream-status.js';
import { ConfiguredNodes } from './configured-nodes.js';
import { problemsOf, warningsOf } from './node-problems.js';
import { reportedNodes } from './reported-nodes.js';

export interface NodeHealth {
  readonly nodeId: string;
  readonly isHealthy: boolean;
  /** What is wrong, in words; empty when nothing is. */
  readonly problems: readonly string[];
  /** What works, and still should be changed; empty when nothing is. */
  readonly warnings: readonly string[];
  readonly version: string | null;
  readonly leaseOwner: string | null;
  readonly lookAgeMs: number | null;
}

export interface NodeDetails extends NodeHealth {
  /** UNKNOWN while nobody has looked at it lately: what is known of its streams is old. */
  readonly health: 'HEALTHY' | 'DEGRADED' | 'UNKNOWN';
  /** Active, or still to be removed. */
  readonly streams: number;
  readonly capacity: number | null;
  readonly lookedAt: Date | null;
  /** Null when nobody holds it. */
  readonly lease: NodeLease | null;
  readonly isPoisoned: boolean;
  readonly playback: PlaybackBases;
  readonly hasAgent: boolean;
}

export interface NodeLease {
  readonly owner: string;
  readonly epoch: string;
  readonly expiresAt: Date;
}

const NOT_CONFIGURED =
  'not configured here, though it has active streams: nobody looks at them; configure it again, or stop them';

/**
 * How the nodes are, as their lease holders wrote it down: the same answer from every replica that
 * is configured alike.
 */
@Injectable()
export class ReadNodes {
  private readonly configured: ReadonlySet<string>;

  constructor(
    private readonly leases: NodeLeases,
    private readonly directory: NodeDirectory,
    { descriptions }: ConfiguredNodes,
  ) {
    this.configured = new Set(descriptions.map(({ id }) => id));
  }

  async list(): Promise<NodeDetails[]> {
    const nodes = await reportedNodes(this.leases, this.directory, this.configured);
    return nodes.map(({ node, report }) => this.detailsOf(node, report));
  }

  async execute(): Promise<NodeHealth[]> {
    const nodes = await this.list();
    return nodes.map(
      ({ nodeId, isHealthy, problems, warnings, version, leaseOwner, lookAgeMs }) => ({
        nodeId,
        isHealthy,
        problems,
        warnings,
        version,
        leaseOwner,
        lookAgeMs,
      }),
    );
  }

  private detailsOf(node: ListedNode, report = unheard(node.id)): NodeDetails {
    const problems = [
      ...(this.configured.has(node.id) ? [] : [NOT_CONFIGURED]),
      ...problemsOf(report),
    ];
    const { lookAgeMs, lookedAt } = report;
    const lease = leaseOf(report);
    return {
      nodeId: node.id,
      isHealthy: problems.length === 0,
      health: healthOf(problems, lookAgeMs),
      problems,
      ...toldBy(report),
      leaseOwner: lease?.owner ?? null,
      lookAgeMs: lookAgeMs === null ? null : Math.round(lookAgeMs),
      streams: node.streams,
      capacity: node.maxPaths,
      lookedAt,
      lease,
      playback: node.playback,
      hasAgent: node.hasAgent,
    };
  }
}

function healthOf(problems: readonly string[], lookAgeMs: number | null): NodeDetails['health'] {
  if (problems.length === 0) {
    return 'HEALTHY';
  }
  return lookAgeMs !== null && lookAgeMs <= LOOK_FRESH_MS ? 'DEGRADED' : 'UNKNOWN';
}

function toldBy({
  conditions,
}: NodeReport): Pick<NodeDetails, 'warnings' | 'version' | 'isPoisoned'> {
  return {
    warnings: warningsOf(conditions),
    version: conditions?.version ?? null,
    isPoisoned: conditions?.isPoisoned ?? false,
  };
}

function leaseOf({ isLeased, owner, epoch, expiresAt }: NodeReport): NodeLease | null {
  return isLeased && owner !== null && epoch !== null && expiresAt !== null
    ? { owner, epoch, expiresAt }
    : null;
}

/** Nobody has ever held its lease. */
function unheard(nodeId: string): NodeReport {
  return {
    nodeId,
    owner: null,
    isLeased: false,
    epoch: null,
    expiresAt: null,
    lookedAt: null,
    lookAgeMs: null,
    conditions: null,
  };
}
