import { type NodeDetails } from '../application/read-nodes.js';
import { type NodeBody } from './node.schema.js';

export function presentNode(node: NodeDetails): NodeBody {
  const { lease } = node;
  return {
    id: node.nodeId,
    health: node.health,
    problems: [...node.problems],
    warnings: [...node.warnings],
    version: node.version,
    paths: node.streams,
    capacity: node.capacity,
    lastLookAt: node.lookedAt?.toISOString() ?? null,
    lease: lease === null ? null : { ...lease, expiresAt: lease.expiresAt.toISOString() },
    isPoisoned: node.isPoisoned,
    playback: node.playback,
    hasAgent: node.hasAgent,
  };
}
