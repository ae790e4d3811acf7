/** One seed in one world: who takes part, and everything that was asked, done and seen meanwhile. */
import { type Scenario } from '../scenario/scenario.js';
import { type Replica } from '../world/replica.js';
import { type World } from '../world/world.js';
import { Calls } from './calls.js';
import { type StoryCamera, camerasOf } from './cameras.js';
import { FaultLog } from './fault-log.js';
import { Foreign } from './foreign.js';
import { LeaseBook } from './lease-book.js';
import { Watcher } from './watcher.js';
import { type Span, Witness } from './witness.js';

/** What the agent has started MediaMTX with. */
export interface Boot {
  /** When the fault began that led to it. */
  readonly at: number;
  readonly names: readonly string[];
}

export class Story {
  readonly calls = new Calls();
  readonly faults = new FaultLog();
  readonly foreign: Foreign;
  readonly witness: Witness;
  readonly watcher: Watcher;
  readonly leases: LeaseBook;
  readonly writesBefore: number;
  readonly boots: Boot[] = [];
  isNodeFrozen = false;

  private constructor(
    readonly world: World,
    readonly scenario: Scenario,
    /** Begins the name of each of its cameras, so that two seeds never meet. */
    readonly tag: string,
    readonly cameras: readonly StoryCamera[],
  ) {
    this.writesBefore = world.writes.count;
    this.foreign = new Foreign(world.node.inFile);
    this.witness = new Witness(world.node.hand, () => this.isNodeFrozen);
    const clients = world.replicas.map(({ api }) => api.client);
    this.watcher = new Watcher(clients, tag);
    this.leases = new LeaseBook(world.ledger);
  }

  static async begin(world: World, scenario: Scenario, tag: string): Promise<Story> {
    return new Story(world, scenario, tag, await camerasOf(world.node, tag));
  }

  camera(index: number): StoryCamera {
    return this.cameras[index % this.cameras.length]!;
  }

  /** So often, maybe, that no look met the media in between. */
  flapped(camera: StoryCamera, { from, to }: Span): boolean {
    const flaps = this.faults.during(['camera flaps'], from, to);
    return flaps.some(({ step }) => this.camera(step.camera) === camera);
  }

  replica(index: number): Replica {
    return this.world.replicas[index % 2]!;
  }

  async end(): Promise<void> {
    await Promise.all([this.witness.stop(), this.watcher.stop(), this.leases.stop()]);
    await Promise.all(this.cameras.map((camera) => camera.close()));
  }
}
