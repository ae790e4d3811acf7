/**
 * The operator's way out of the removal brake: "this database is the right one, though it does not
 * know most of what the node serves". The word stands for a while only, so that it cannot let a later
 * mishap pass.
 */
import { type NodeDirectory } from '../domain/ports/node-directory.js';
import { type NodeLeases } from '../domain/ports/node-leases.js';

/** Too low: the holder's next tick comes too late. Too high: the word covers what nobody meant. */
export const ADOPTION_MS = 600_000;

export type Adoption =
  | { readonly kind: 'adopted'; readonly unknownPaths: number }
  | { readonly kind: 'nothing_to_adopt' }
  | { readonly kind: 'unknown_node'; readonly nodeIds: readonly string[] };

export class AdoptEmpty {
  constructor(
    private readonly directory: NodeDirectory,
    private readonly leases: Pick<NodeLeases, 'report'>,
  ) {}

  async execute(nodeId: string): Promise<Adoption> {
    const reports = await this.leases.report();
    const node = reports.find((report) => report.nodeId === nodeId);
    if (node === undefined) {
      return { kind: 'unknown_node', nodeIds: reports.map((report) => report.nodeId) };
    }
    const unknownPaths = node.conditions?.unknownPaths ?? 0;
    if (unknownPaths === 0) {
      return { kind: 'nothing_to_adopt' };
    }
    await this.directory.adopt(nodeId, ADOPTION_MS);
    return { kind: 'adopted', unknownPaths };
  }
}
