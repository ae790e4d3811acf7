import { type Fault, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';

import { type ChaosCamera, type ChaosNode, FOREIGN_IN_FILE } from './chaos-node.js';
import { Hand, NOT_BY_HAND } from './hand.js';
import { SimulatedCamera } from './simulated-camera.js';

/** A redial that takes 5 s would make every seed wait for it. */
const TIMINGS = { retryPauseMs: 1_000, noDataTimeoutMs: 2_000 };

const FROZEN: Fault = { kind: 'hang' };

export class SimulatedNode implements ChaosNode {
  readonly isReal = false;
  readonly cameras = 4;
  readonly hand = new Hand(() => this.url);
  private readonly bent = new Set<readonly Fault[]>();
  private unfreeze: (() => void) | null = null;

  private constructor(private readonly simulator: MediaMtxSimulator) {}

  static async start(): Promise<SimulatedNode> {
    return new SimulatedNode(
      await MediaMtxSimulator.start({ timings: TIMINGS, filePaths: FOREIGN_IN_FILE }),
    );
  }

  get url(): string {
    return this.simulator.url;
  }

  kill = (): Promise<void> => this.simulator.kill();
  revive = (): Promise<void> => this.simulator.revive();
  stop = (): Promise<void> => this.simulator.stop();
  rewriteFile = async (): Promise<void> => this.simulator.rewriteFile();

  freeze = async (): Promise<void> => {
    this.unfreeze = this.bend([FROZEN]);
  };

  thaw = async (): Promise<void> => {
    this.unfreeze?.();
    this.unfreeze = null;
  };

  bend = (faults: readonly Fault[]): (() => void) => {
    const sparing = faults.map(sparingTheHand);
    this.bent.add(sparing);
    this.simulator.faults.set([...this.bent].flat());
    return () => {
      this.bent.delete(sparing);
      this.simulator.faults.set([...this.bent].flat());
    };
  };

  view = (path: string): void => this.simulator.openRuntimePath(path);

  camera = (tag: string, index: number): Promise<ChaosCamera> =>
    SimulatedCamera.start(this.simulator, `${tag}-${index}`);
}

function sparingTheHand(fault: Fault): Fault {
  const pattern = fault.on?.pathPattern;
  const rest = pattern === undefined ? '' : `.*${text(pattern)}`;
  return {
    ...fault,
    on: { ...fault.on, pathPattern: new RegExp(`^${NOT_BY_HAND}${rest}`) },
  };
}

const text = (pattern: string | RegExp): string =>
  typeof pattern === 'string' ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern.source;
