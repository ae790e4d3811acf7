import { type Clock } from '#kernel/clock.js';
import {
  type ListedNode,
  type NodeDescription,
  NodeDirectory,
} from '#streaming/domain/ports/node-directory.js';

/** Knows every node; an operator's word stands until its time is over. */
export class InMemoryNodeDirectory extends NodeDirectory {
  readonly nodes = new Map<string, NodeDescription>();
  /** How many streams a node has, all of them active. */
  readonly placed = new Map<string, number>();
  private readonly adoptedUntilMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async upsert(node: NodeDescription): Promise<void> {
    this.nodes.set(node.id, node);
  }

  override async list(): Promise<ListedNode[]> {
    return [...this.nodes.values()].map(({ id, playback, maxPaths, hasAgent }) => {
      const streams = this.placed.get(id) ?? 0;
      return { id, playback, maxPaths, hasAgent, streams, active: streams };
    });
  }

  override async adopt(nodeId: string, ms: number): Promise<boolean> {
    this.adoptedUntilMs.set(nodeId, this.clock.monotonicMs() + ms);
    return true;
  }

  override async isAdopted(nodeId: string): Promise<boolean> {
    return (this.adoptedUntilMs.get(nodeId) ?? 0) > this.clock.monotonicMs();
  }
}
