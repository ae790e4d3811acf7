/**
 * What the agent of the node says, read in the same tick as the node. A node without an agent, or one
 * whose agent does not answer, is looked after all the same, by looks and by asking cameras.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type AgentReport, NodeAgent } from '../domain/ports/node-agent.js';
import { NodeState } from './node-state.js';

export interface HeardReport extends AgentReport {
  /** Monotonic. */
  readonly receivedMs: number;
}

@Injectable()
export class ReadAgent {
  /** Of the MediaMTX that the last report was about; undefined before the first one. */
  private childStartedAt: string | null | undefined;

  constructor(
    private readonly agent: NodeAgent,
    private readonly node: NodeState,
    private readonly clock: Clock,
  ) {}

  /** Null when there is none, or it says nothing. */
  async execute(signal?: AbortSignal): Promise<HeardReport | null> {
    if (!this.agent.isPresent) {
      return null;
    }
    const report = await this.agent.report(signal);
    if (report.kind === 'inconclusive') {
      if (signal?.aborted !== true) {
        this.node.agentFailed(report.cause);
      }
      return null;
    }
    this.node.agentAnswered(report.leftOut);
    this.noteRestart(report);
    return { ...report, receivedMs: this.clock.monotonicMs() };
  }

  /** A restart between two looks goes unseen otherwise, and a new process may be configured anew. */
  private noteRestart({ childStartedAt }: AgentReport): void {
    if (this.childStartedAt !== undefined && this.childStartedAt !== childStartedAt) {
      this.node.hasRestarted();
    }
    this.childStartedAt = childStartedAt;
  }
}
