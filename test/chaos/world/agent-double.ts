/**
 * An agent whose MediaMTX is the simulator: its calls are served by the server of the real one, and
 * its disk is a variable. Starts the simulator with what it was told to want.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { type FastifyInstance } from 'fastify';
import { pino } from 'pino';

import { type MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { freePort } from '#test/support/free-port.js';
import { type Json } from '#test/support/mediamtx/control-api.js';

import { agentServer } from '../../../apps/node-agent/http/agent-server.js';
import { PokeLog } from '../../../apps/node-agent/pokes/poke-log.js';
import { type WantedSet, wantedSetSchema } from '../../../apps/node-agent/wanted/wanted-set.js';
import { AgentBends } from './agent-bends.js';
import { type AgentBend, type ChaosAgent, type Spoiling } from './chaos-node.js';
import { type Hand } from './hand.js';
import { PREFIX } from './settings.js';
import { SourceLog } from './source-log.js';

const FLOOD_EVERY_MS = 20;
const FLOOD = 50;

export class AgentDouble implements ChaosAgent {
  readonly token = 'the-token-of-chaos';
  private last: WantedSet | null = null;
  private previous: WantedSet | null = null;
  private child = { pid: 1, startedAt: '', restarts: 0, lastExit: null };
  private bootRevision: string | null = null;
  private pokes = new PokeLog();
  private server: FastifyInstance | null = null;
  private sources: SourceLog | null = null;
  private readonly bends = new AgentBends();

  private constructor(
    private readonly simulator: MediaMtxSimulator,
    private readonly port: number,
  ) {}

  static async make(simulator: MediaMtxSimulator): Promise<AgentDouble> {
    return new AgentDouble(simulator, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param faultOf what MediaMTX would log of a source that it dials */
  watch(hand: Hand, faultOf: (source: string) => string | null): void {
    this.sources = new SourceLog(hand, faultOf, (kind, path) => {
      this.pokes.push({ kind, path });
    });
  }

  wanted = (): Readonly<Record<string, Json>> | null =>
    this.last === null ? null : { ...this.last.paths };

  start = async (): Promise<void> => {
    this.pokes = new PokeLog();
    this.server = this.serving();
    await this.server.listen({ host: '127.0.0.1', port: this.port });
    this.sources?.start();
    await this.boot();
  };

  kill = async (): Promise<void> => {
    this.pokes.close();
    await this.bends.release();
    await this.sources?.stop();
    await this.server?.close();
    await this.simulator.kill();
  };

  /** A new MediaMTX with what is wanted by now, whatever runs. */
  async boot(): Promise<void> {
    await this.simulator.kill();
    this.simulator.rewriteFile({ ...this.last?.paths });
    await this.simulator.revive();
    const { pid, restarts } = this.child;
    this.child = {
      ...{ pid: pid + 1, startedAt: new Date().toISOString(), restarts: restarts + 1 },
      lastExit: null,
    };
    this.bootRevision = this.last?.revision ?? null;
    this.pokes.push({ kind: 'restarted', path: null });
  }

  killMediaMtx = (): Promise<void> => this.boot();

  spoil = async (how: Spoiling): Promise<void> => {
    this.last = how.startsWith('both') ? null : this.previous;
    this.previous = null;
  };

  freeze = async (): Promise<void> => this.bends.freeze();
  thaw = async (): Promise<void> => this.bends.thaw();

  bend = (bend: AgentBend): (() => void) => {
    const straighten = this.bends.add(bend);
    const flood = bend.kind === 'flood' ? setInterval(() => this.flood(), FLOOD_EVERY_MS) : null;
    return () => {
      straighten();
      if (flood !== null) clearInterval(flood);
    };
  };

  private flood(): void {
    for (let i = 0; i < FLOOD; i += 1) this.pokes.push({ kind: 'lost', path: `${PREFIX}/${i}` });
  }

  private serving(): FastifyInstance {
    const { pokes } = this;
    const server = agentServer({
      token: this.token,
      schema: wantedSetSchema(PREFIX),
      put: (wanted) => this.put(wanted),
      isBusy: () => false,
      report: () => this.report(),
      pokes,
      log: pino({ level: 'silent' }),
    });
    this.bends.onto(server);
    return server;
  }

  private async put(wanted: WantedSet): Promise<{ revision: string; leftOut: [] }> {
    await delay(this.bends.lateMs);
    if (wanted.revision !== this.last?.revision) {
      this.previous = this.last;
      this.last = wanted;
    }
    this.sources?.keep(Object.keys(wanted.paths));
    return { revision: wanted.revision, leftOut: [] };
  }

  private report(): object {
    return {
      now: new Date().toISOString(),
      version: 'v1.20.1',
      child: this.child,
      wantedRevision: this.last?.revision ?? null,
      bootRevision: this.bootRevision,
      leftOut: [],
      errors: { ...this.sources?.errors, ...this.bends.lies },
    };
  }
}
