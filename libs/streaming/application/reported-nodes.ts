import { type ListedNode, type NodeDirectory } from '../domain/ports/node-directory.js';
import { type NodeLeases, type NodeReport } from '../domain/ports/node-leases.js';

export interface ReportedNode {
  readonly node: ListedNode;
  /** Undefined: nobody has ever held its lease. */
  readonly report: NodeReport | undefined;
}

/**
 * Each node with what its holder wrote down of it. One that is no longer configured is told of while
 * it has active streams.
 */
export async function reportedNodes(
  leases: NodeLeases,
  directory: NodeDirectory,
  configured: ReadonlySet<string>,
): Promise<ReportedNode[]> {
  const [reports, nodes] = await Promise.all([leases.report(), directory.list()]);
  const byId = new Map(reports.map((report) => [report.nodeId, report]));
  return nodes
    .filter(({ id, active }) => configured.has(id) || active > 0)
    .map((node) => ({ node, report: byId.get(node.id) }));
}
