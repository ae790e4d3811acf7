/** `vigia-node` as a process of its own. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { eventually } from '#test/support/eventually.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import {
  type NodeAgentProcess,
  type NodeSite,
} from '#test/support/node-agent/node-agent-process.js';

import { type ChaosAgent, type Spoiling } from './chaos-node.js';

/** A busy machine may take its time. */
const SLOW = { timeoutMs: 30_000, everyMs: 25 };
const SETS = ['wanted.json', 'wanted.previous.json'];

export class RealAgent implements ChaosAgent {
  readonly url: string;
  readonly token: string;

  private constructor(
    private readonly site: NodeSite,
    private agent: NodeAgentProcess,
  ) {
    this.url = site.environment['NODE_AGENT_URL']!;
    this.token = site.environment['NODE_AGENT_TOKEN']!;
  }

  static async start(site: NodeSite): Promise<RealAgent> {
    return new RealAgent(site, await site.up());
  }

  wanted = (): Readonly<Record<string, Json>> | null => {
    try {
      return this.site.wanted().paths as Record<string, Json>;
    } catch {
      return null;
    }
  };

  get output(): string {
    return this.agent.output;
  }

  childPid(): Promise<number> {
    return eventually(() => this.agent.childPid(), SLOW);
  }

  kill = async (): Promise<void> => {
    await this.agent.process.kill9();
    await eventually(() => {
      if (this.site.processes().length > 0) throw new Error('MediaMTX has outlived its agent');
    }, SLOW);
  };

  start = async (): Promise<void> => {
    this.agent = await this.site.up();
  };

  spoil = async (how: Spoiling): Promise<void> => {
    for (const name of how.startsWith('both') ? SETS : SETS.slice(0, 1)) {
      const file = path.join(this.site.agentDir, name);
      await (how.endsWith('broken')
        ? writeFile(file, '{"revision":"r')
        : rm(file, { force: true }));
    }
  };

  freeze = async (): Promise<void> => this.agent.process.signal('SIGSTOP');
  thaw = async (): Promise<void> => this.agent.process.signal('SIGCONT');

  killMediaMtx = async (): Promise<void> => {
    const pid = await this.childPid();
    process.kill(pid, 'SIGKILL');
    await this.replaced(pid);
  };

  /** There is another MediaMTX than this one, and it answers. */
  replaced(pid: number): Promise<void> {
    return eventually(async () => {
      if ((await this.agent.childPid()) === pid) throw new Error('the old one is not replaced');
      await this.site.listed();
    }, SLOW);
  }

  bend = (): never => {
    throw new Error('a real agent answers as it likes');
  };
}
