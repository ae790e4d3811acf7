/** A real MediaMTX as the child of an agent: whoever kills it for a while must stop the agent, too. */
import { copyFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { eventually } from '#test/support/eventually.js';
import { type MediaMtxBinary } from '#test/support/mediamtx/find-real-media-mtx.js';
import { NodeSite } from '#test/support/node-agent/node-agent-process.js';

import { RealAgent } from './real-agent.js';

/** MediaMTX ignores every change of its file so soon after its start, or after the last change. */
const RELOAD_PAUSE_MS = 1_100;
const RELOADING = 'reloading configuration (file changed)';

export class AgentMediaMtx {
  private killed = 0;

  private constructor(
    private readonly site: NodeSite,
    readonly agent: RealAgent,
  ) {}

  static async start({ path: program }: MediaMtxBinary): Promise<AgentMediaMtx> {
    const site = await NodeSite.make(program);
    return new AgentMediaMtx(site, await RealAgent.start(site));
  }

  get url(): string {
    return this.site.apiUrl;
  }

  async kill9(): Promise<void> {
    this.killed = await this.agent.childPid();
    await this.agent.freeze();
    process.kill(this.killed, 'SIGKILL');
    await eventually(async () => {
      const isUp = await this.site.listed().then(
        () => true,
        () => false,
      );
      if (isUp) throw new Error('it still answers');
    });
  }

  async revive(): Promise<void> {
    await this.agent.thaw();
    await this.agent.replaced(this.killed);
  }

  /** As it was at the last start; by rename, as the agent does it. */
  async rewriteFile(): Promise<void> {
    const file = path.join(this.site.agentDir, 'running', 'mediamtx.yml');
    await delay(RELOAD_PAUSE_MS);
    const before = this.reloads();
    await copyFile(file, `${file}.new`);
    await rename(`${file}.new`, file);
    await eventually(() => {
      if (this.reloads() === before) throw new Error(`no reload: ${this.agent.output}`);
    });
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.agent.childPid(), signal);
  }

  stop(): Promise<void> {
    return this.site.end();
  }

  private reloads(): number {
    return this.agent.output.split(RELOADING).length - 1;
  }
}
