/** How to reach the agent of one node. */
export abstract class NodeAgentSettings {
  /** Null: the node has none. */
  abstract readonly url: string | null;
  abstract readonly token: string;
}
