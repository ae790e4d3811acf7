/** How to reach the agent beside one MediaMTX; provided as null for a node that has none. */
export abstract class NodeAgentSettings {
  abstract readonly url: string;
  /** A secret. */
  abstract readonly token: string;
  /** Deadline of each call, in ms. */
  abstract readonly timeoutMs: number;
}
