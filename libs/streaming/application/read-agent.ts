/**
 * What the agent of the node says, read in the same tick as the node. A node without an agent, or one
 * whose agent does not answer, is looked after all the same, by looks and by asking cameras.
 */
import { Injectable } from '@nestjs/common';

import { Clock } from '#kernel/clock.js';

import { type AgentReport, NodeAgent } from '../domain/ports/node-agent.js';
import { NodeState } from './node-state.js';

export interface HeardReport extends AgentReport {
  /** Monotonic, before it was asked for: what it tells of is at least as old as it says, by this. */
  readonly askedMs: number;
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
    const state = this.node.agent;
    if (!this.agent.isPresent || !state.mayCall) {
      return null;
    }
    const askedMs = this.clock.monotonicMs();
    state.callBegan();
    const report = await this.agent.report(signal);
    if (report.kind === 'inconclusive') {
      // Broken off by ourselves, it says nothing about the agent, and ends with this process.
      if (signal?.aborted !== true) {
        state.failed(report.cause, askedMs);
      }
      return null;
    }
    state.answered(report.leftOut);
    this.noteRestart(report);
    return { ...report, askedMs };
  }

  /** A restart between two looks goes unseen otherwise, and a new process may be configured anew. */
  private noteRestart({ childStartedAt }: AgentReport): void {
    if (this.childStartedAt !== undefined && this.childStartedAt !== childStartedAt) {
      this.node.hasRestarted();
    }
    this.childStartedAt = childStartedAt;
  }
}
