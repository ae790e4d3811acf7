/**
 * The two repositories there are, the table and its double, so that one set of rules can be held
 * against both.
 */
import { type Fence, type NodeLeases } from '#streaming/domain/ports/node-leases.js';
import { type StreamRepository } from '#streaming/domain/ports/stream-repository.js';
import { Adapters } from './postgres/adapters.js';
import { NODE_ID, aNode } from './postgres/builders.js';
import { TestDatabase } from './postgres/test-database.js';
import { FakeClock } from './streaming/fake-clock.js';
import { InMemoryStreamRepository } from './streaming/in-memory-stream-repository.js';

export interface StreamStore {
  readonly streams: StreamRepository;
  /** Its lease holder has written down whether the node answers. */
  nodeIsDown(isDown: boolean): Promise<void>;
  /** Nodes beside the one that there is. */
  hasNodes(ids: readonly string[]): Promise<void>;
  park(id: string): Promise<void>;
  isParked(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export class MemoryStore implements StreamStore {
  readonly streams = new InMemoryStreamRepository(new FakeClock());

  async nodeIsDown(isDown: boolean): Promise<void> {
    this.streams.isNodeKnownDown = isDown;
  }

  async hasNodes(): Promise<void> {
    // It asks nobody whether a node exists.
  }

  async park(id: string): Promise<void> {
    this.streams.park(id);
  }

  async isParked(id: string): Promise<boolean> {
    return this.streams.isParked(id);
  }

  async close(): Promise<void> {
    // It is gone with its test.
  }
}

export class PostgresStore implements StreamStore {
  private constructor(
    readonly database: TestDatabase,
    private readonly adapters: Adapters,
    private readonly leases: NodeLeases,
    private readonly fence: Fence,
  ) {}

  static async open(): Promise<PostgresStore> {
    const database = await TestDatabase.create();
    const adapters = await Adapters.connect(database.url);
    await adapters.directory.upsert(aNode());
    const leases = adapters.leases('holder');
    const fence = await leases.hold(NODE_ID, null);
    if (fence === null) throw new Error('the lease is taken');
    return new PostgresStore(database, adapters, leases, fence);
  }

  get streams(): StreamRepository {
    return this.adapters.streams;
  }

  async hasNodes(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.adapters.directory.upsert(aNode({ id }));
  }

  async nodeIsDown(isDown: boolean): Promise<void> {
    await this.leases.saveConditions(this.fence, {
      isReachable: !isDown,
      cause: null,
      writeCause: null,
      version: null,
      isPoisoned: false,
      hazards: [],
      unknownPaths: 0,
      agentCause: null,
      leftOutPaths: 0,
      bootFileCause: null,
    });
  }

  async park(id: string): Promise<void> {
    await this.database.query('UPDATE streams SET parked_generation = generation WHERE id = $1', [
      id,
    ]);
  }

  async isParked(id: string): Promise<boolean> {
    const [row] = await this.database.query<{ is_parked: boolean | null }>(
      'SELECT parked_generation = generation AS is_parked FROM streams WHERE id = $1',
      [id],
    );
    return row?.is_parked ?? false;
  }

  async close(): Promise<void> {
    await this.adapters.close();
    await this.database.close();
  }
}
