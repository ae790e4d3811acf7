/** The cameras of one seed, and what has become of them. */
import { type CameraBehaviour, type ChaosCamera, type ChaosNode } from '../world/chaos-node.js';
import { PREFIX } from '../world/settings.js';
import { type Camera } from './calls.js';

export class StoryCamera implements Camera {
  behaviour: CameraBehaviour = 'live';

  constructor(
    readonly id: string,
    private readonly camera: ChaosCamera,
  ) {}

  get address(): string {
    return this.camera.address;
  }

  get path(): string {
    return `${PREFIX}/${this.id}`;
  }

  async become(behaviour: CameraBehaviour): Promise<void> {
    await this.camera.become(behaviour);
    this.behaviour = behaviour;
  }

  blink(): Promise<void> {
    return this.camera.blink(this.path);
  }
}

export function camerasOf(node: ChaosNode, tag: string): StoryCamera[] {
  return Array.from(
    { length: node.cameras },
    (_, index) => new StoryCamera(`${tag}-${index}`, node.camera(tag, index)),
  );
}
