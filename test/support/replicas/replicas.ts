/** Several API processes on one database, with or without a pooler before it, and one node. */
import { expect } from '@jest/globals';

import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { type StreamBody } from '#streaming/http/stream.schema.js';

import { eventually } from '../eventually.js';
import { ControlApi } from '../mediamtx/control-api.js';
import { PgBouncer } from '../pgbouncer.js';
import { Adapters } from '../postgres/adapters.js';
import { aNewStream, aNode } from '../postgres/builders.js';
import { TestDatabase } from '../postgres/test-database.js';
import { Replica } from './replica.js';

/** Fewer connections than two processes would like to have. */
const POOL_SIZE = 6;
const PATIENT = { timeoutMs: 30_000 };

export interface ReplicasOptions {
  /** What each process is given beside the brisk defaults: one entry, one process. */
  readonly env: readonly Readonly<Record<string, string>>[];
  /** How many streams are wanted before any process is started. */
  readonly wanted?: number;
}

export class Replicas {
  private all: Replica[] = [];
  private readonly nodeApi = new ControlApi(() => this.node.url);

  private constructor(
    readonly database: TestDatabase,
    readonly node: MediaMtxSimulator,
    private readonly bouncer: PgBouncer | null,
    private readonly env: ReplicasOptions['env'],
  ) {}

  /** The database with its wanted streams, and the node; no process yet. */
  static async prepare(isPooled: boolean, options: ReplicasOptions): Promise<Replicas> {
    const [database, node] = await Promise.all([TestDatabase.create(), MediaMtxSimulator.start()]);
    await want(database.url, options.wanted ?? 0);
    const bouncer = isPooled ? await PgBouncer.start(database.url, { poolSize: POOL_SIZE }) : null;
    return new Replicas(database, node, bouncer, options.env);
  }

  /** Starts the first `count` processes, those that do not run yet at once. */
  async start(count = this.env.length): Promise<void> {
    const databaseUrl = this.bouncer?.url ?? this.database.url;
    const started = await Promise.all(
      this.env
        .slice(this.all.length, count)
        .map((env) => Replica.start({ databaseUrl, mediaMtxUrl: this.node.url, env })),
    );
    this.all = [...this.all, ...started];
  }

  get every(): readonly Replica[] {
    return this.all;
  }

  /** The one that holds the lease, and another one. */
  async holderAndOther(): Promise<[Replica, Replica]> {
    const holder = await eventually(() => this.holder(), PATIENT);
    return [holder, this.all.find((replica) => replica !== holder)!];
  }

  /** @throws while nobody holds the lease */
  async holder(): Promise<Replica> {
    const [lease] = await this.database.query<{ owner: string }>(
      'SELECT owner FROM node_leases WHERE expires_at > now()',
    );
    const holder = this.all.find(({ api }) => lease?.owner.endsWith(`:${api.port}`) === true);
    if (holder === undefined) throw new Error('nobody holds the lease');
    return holder;
  }

  async heldBy({ api }: Replica): Promise<void> {
    await eventually(async () => expect((await this.holder()).api.port).toBe(api.port), PATIENT);
  }

  /** Resolves when the lease is taken over, and fails when that took longer than is promised. */
  async takenOver(by: Replica, promisedMs: number): Promise<void> {
    const endMs = performance.now() + promisedMs;
    await this.heldBy(by);
    expect(performance.now()).toBeLessThan(endMs);
  }

  /** Everything that a change of any stream, event or node would change, to the last transaction. */
  async rows(): Promise<object[]> {
    return this.database.query(`
      SELECT 'stream' AS kind, id::text, xmin::text, version, status, reason, generation FROM streams
      UNION ALL SELECT 'event', seq::text, xmin::text, version, to_status, reason, generation
      FROM stream_events
      UNION ALL SELECT 'node', id, xmin::text, NULL, NULL, NULL, NULL FROM nodes
      ORDER BY 1, 2`);
  }

  pathNames(): Promise<unknown[]> {
    return this.nodeApi.names();
  }

  /** Paths of the streams that should run, by name, as the node lists them. */
  async wantedPaths(): Promise<string[]> {
    const rows = await this.database.query<{ path: string }>(
      `SELECT path FROM streams WHERE desired = 'RUNNING' ORDER BY path COLLATE "C"`,
    );
    return rows.map(({ path }) => path);
  }

  /** Resolves when each wanted stream runs, no removal is pending, and the node has their paths alone. */
  async converged(): Promise<void> {
    await eventually(async () => {
      const open = await this.database.query(`
        SELECT path, status, reason FROM streams
        WHERE (desired = 'RUNNING' AND status <> 'RUNNING') OR removal_pending`);
      expect(open.length).toBe(0);
      expect(await this.pathNames()).toEqual(await this.wantedPaths());
    }, PATIENT);
  }

  /** Streams that should run, as a replica shows them. */
  async shownBy({ api }: Replica): Promise<StreamBody[]> {
    const { body } = await api.client.get<{ items: StreamBody[] }>('/api/streams?limit=500');
    return body.items.filter(({ desired }) => desired === 'RUNNING');
  }

  async stop(): Promise<void> {
    // First, so that nobody waits behind it for ever when something has failed.
    await this.bouncer?.stop();
    await Promise.all(this.all.map((replica) => replica.stop()));
    await Promise.all([this.node.stop(), this.database.close()]);
  }
}

async function want(databaseUrl: string, count: number): Promise<void> {
  const adapters = await Adapters.connect(databaseUrl);
  await adapters.directory.upsert(aNode());
  for (let started = 0; started < count; started += 1) {
    await adapters.streams.start(aNewStream());
  }
  await adapters.close();
}
