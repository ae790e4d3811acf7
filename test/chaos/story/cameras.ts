/** The cameras of one seed, and what has become of them. */
import {
  type CameraBehaviour,
  type ChaosCamera,
  type ChaosNode,
  type Question,
} from '../world/chaos-node.js';
import { PREFIX } from '../world/settings.js';
import { type Camera } from './calls.js';
import { type Span } from './witness.js';

interface Phase {
  readonly behaviour: CameraBehaviour;
  readonly from: number;
}

export class StoryCamera implements Camera {
  private readonly phases: Phase[] = [{ behaviour: 'live', from: 0 }];

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

  get behaviour(): CameraBehaviour {
    return this.phases.at(-1)!.behaviour;
  }

  /** Of Vigia itself; null when nobody can tell. */
  get questions(): readonly Question[] | null {
    return this.camera.questions;
  }

  /** Whether it was like one of these at some time in between. */
  was(behaviours: readonly CameraBehaviour[], { from, to }: Span): boolean {
    return this.phases.some((phase, index) => {
      const endedAt = this.phases[index + 1]?.from ?? Infinity;
      return behaviours.includes(phase.behaviour) && phase.from <= to && endedAt >= from;
    });
  }

  async become(behaviour: CameraBehaviour): Promise<void> {
    // From the first moment in which it may be so, until the last one.
    this.phases.push({ behaviour, from: Date.now() });
    await this.camera.become(behaviour);
  }

  blink(): Promise<void> {
    return this.camera.blink(this.path);
  }

  drop(): Promise<void> {
    return this.camera.drop(this.path);
  }

  close(): Promise<void> {
    return this.camera.close();
  }
}

export function camerasOf(node: ChaosNode, tag: string): Promise<StoryCamera[]> {
  return Promise.all(
    Array.from(
      { length: node.cameras },
      async (_, index) => new StoryCamera(`${tag}-${index}`, await node.camera(tag, index)),
    ),
  );
}
