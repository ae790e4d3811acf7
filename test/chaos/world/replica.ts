/** One Vigia of two: a process of its own, with a way of its own to the node and to Postgres. */
import { ApiProcess } from '#test/support/api/api-process.js';
import { eventually } from '#test/support/eventually.js';
import { Proxy } from '#test/support/proxy.js';

import { CANARY } from '../../support/canary/canary.mjs';
import { type ChaosAgent, type ChaosNode } from './chaos-node.js';
import { type ConfigWrites } from './config-writes.js';
import { replicaEnvironment } from './settings.js';

export interface ReplicaOptions {
  readonly index: number;
  readonly node: ChaosNode;
  readonly databaseUrl: string;
  readonly writes: ConfigWrites;
  readonly sets: ConfigWrites;
}

/** A busy machine may take its time with a start. */
const UP_WITHIN_MS = 180_000;
/** What a supervisor does when one cannot start, for want of a database: it starts it again. */
const ATTEMPTS = 5;

export class Replica {
  private constructor(
    readonly api: ApiProcess,
    readonly wayToNode: Proxy,
    readonly wayToPostgres: Proxy,
    /** Null where there is no agent. */
    readonly wayToAgent: Proxy | null,
  ) {}

  static async start(options: ReplicaOptions): Promise<Replica> {
    const { index, node, databaseUrl, writes, sets } = options;
    const wayToNode = await wayTo(node.url);
    const wayToAgent = node.agent === null ? null : await wayTo(node.agent.url);
    const wayToPostgres = await wayTo(databaseUrl);
    wayToNode.observe((piece) => {
      writes.saw(index, piece);
    });
    wayToAgent?.observe((piece) => {
      sets.saw(index, piece);
    });
    const api = await ApiProcess.start({
      databaseUrl: wayToPostgres.through(databaseUrl),
      mediaMtxUrl: wayToNode.through(node.url),
      env: { ...replicaEnvironment(node.isReal), ...agentEnvironment(node.agent, wayToAgent) },
      isCrashable: true,
    });
    return new Replica(api, wayToNode, wayToPostgres, wayToAgent);
  }

  async revive(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.api.revive();
        return;
      } catch (failure) {
        if (this.api.isRunning && (await this.isUpAfterAll())) return;
        if (attempt === ATTEMPTS) throw failure;
        await this.api.kill9();
      }
    }
  }

  get hasSaidSecret(): boolean {
    return this.api.logs.includes(CANARY);
  }

  private isUpAfterAll(): Promise<boolean> {
    return eventually(
      async () => {
        const { status } = await this.api.client.get('/health/live');
        if (status !== 200) throw new Error(`not up: ${status}`);
        return true;
      },
      { timeoutMs: UP_WITHIN_MS, everyMs: 200 },
    ).catch(() => false);
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await Promise.all([this.wayToNode.stop(), this.wayToPostgres.stop()]);
    await this.wayToAgent?.stop();
  }
}

const wayTo = (url: string): Promise<Proxy> => Proxy.start(Number(new URL(url).port));

function agentEnvironment(agent: ChaosAgent | null, way: Proxy | null): Record<string, string> {
  return agent === null || way === null
    ? {}
    : { NODE_AGENT_URL: way.through(agent.url), NODE_AGENT_TOKEN: agent.token };
}
