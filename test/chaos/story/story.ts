/** One seed in one world: who takes part, and everything that was asked, done and seen meanwhile. */
import { type Scenario } from '../scenario/scenario.js';
import { type Replica } from '../world/replica.js';
import { type World } from '../world/world.js';
import { Calls } from './calls.js';
import { type StoryCamera, camerasOf } from './cameras.js';
import { FaultLog } from './fault-log.js';
import { Foreign } from './foreign.js';
import { Watcher } from './watcher.js';
import { Witness } from './witness.js';

export class Story {
  readonly calls = new Calls();
  readonly faults = new FaultLog();
  readonly foreign = new Foreign();
  readonly cameras: readonly StoryCamera[];
  readonly witness: Witness;
  readonly watcher: Watcher;
  readonly writesBefore: number;
  isNodeFrozen = false;

  constructor(
    readonly world: World,
    readonly scenario: Scenario,
    /** Begins the name of each of its cameras, so that two seeds never meet. */
    readonly tag: string,
  ) {
    this.cameras = camerasOf(world.node, tag);
    this.writesBefore = world.writes.count;
    this.witness = new Witness(world.node.hand, () => this.isNodeFrozen);
    const clients = world.replicas.map(({ api }) => api.client);
    this.watcher = new Watcher(clients, tag);
  }

  camera(index: number): StoryCamera {
    return this.cameras[index % this.cameras.length]!;
  }

  replica(index: number): Replica {
    return this.world.replicas[index % 2]!;
  }

  async end(): Promise<void> {
    await Promise.all([this.witness.stop(), this.watcher.stop()]);
  }
}
