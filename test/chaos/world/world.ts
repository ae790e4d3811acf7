/**
 * Everything that takes part: Postgres of its own, a node, two Vigias, and the ways between them.
 * One world serves many seeds; what a seed left behind is cleared before the next one.
 */
import { findRealMediaMtx } from '#test/support/mediamtx/find-real-media-mtx.js';

import { findCanary } from '../../support/canary/find-canary.mjs';
import { Postgres } from '../../support/postgres/postgres.mjs';
import { type ChaosNode } from './chaos-node.js';
import { ConfigWrites, SETS } from './config-writes.js';
import { Ledger } from './ledger.js';
import { RealNode } from './real-node.js';
import { Replica } from './replica.js';
import { SimulatedNode } from './simulated-node.js';

export type TargetName = 'simulator' | 'real';

export interface WorldKind {
  readonly target: TargetName;
  /** Whether MediaMTX is run by a node agent. */
  readonly hasAgent: boolean;
}

/** Its name makes it one that is searched for secrets. */
const DATABASE = 'test_chaos';

export class World {
  private constructor(
    readonly postgres: Postgres,
    readonly ledger: Ledger,
    readonly node: ChaosNode,
    readonly replicas: readonly [Replica, Replica],
    readonly writes: ConfigWrites,
    /** What the agent was told to start MediaMTX with. */
    readonly sets: ConfigWrites,
  ) {}

  static async start(kind: WorldKind): Promise<World> {
    // What was answered must have been written down, or a crash would prove nothing.
    const postgres = await Postgres.start({ synchronous_commit: 'on' });
    await postgres.query(`CREATE DATABASE ${DATABASE}`);
    const node = await startNode(kind);
    const [writes, sets] = [new ConfigWrites(), new ConfigWrites(SETS)];
    const databaseUrl = postgres.url(DATABASE);
    const options = { node, databaseUrl, writes, sets };
    // One after the other: a busy machine starts two at once too slowly.
    const first = await Replica.start({ index: 0, ...options });
    const second = await Replica.start({ index: 1, ...options });
    return new World(postgres, new Ledger(databaseUrl), node, [first, second], writes, sets);
  }

  /** @returns where a secret stands that should not */
  async stop(): Promise<string[]> {
    await this.ledger.close();
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.node.stop();
    const folder = process.env['TEST_SAID_FOLDER'];
    const { hits } = folder === undefined ? { hits: [] } : await findCanary(folder, this.postgres);
    await this.postgres.remove();
    return hits;
  }
}

async function startNode({ target, hasAgent }: WorldKind): Promise<ChaosNode> {
  if (target === 'simulator') return SimulatedNode.start(hasAgent);
  const binary = await findRealMediaMtx();
  if (binary === null) throw new Error('needs a real MediaMTX: set MEDIAMTX_BIN or PATH');
  return hasAgent ? RealNode.startWithAgent(binary) : RealNode.start(binary);
}
