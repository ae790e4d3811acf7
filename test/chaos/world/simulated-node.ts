import { type Fault, MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';

import { type Json } from '#test/support/mediamtx/control-api.js';

import { AgentDouble } from './agent-double.js';
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

  private readonly watched: SimulatedCamera[] = [];

  private constructor(
    private readonly simulator: MediaMtxSimulator,
    readonly agent: AgentDouble | null,
    readonly inFile: Readonly<Record<string, Json>>,
  ) {}

  static async start(hasAgent: boolean): Promise<SimulatedNode> {
    const inFile = hasAgent ? {} : FOREIGN_IN_FILE;
    const simulator = await MediaMtxSimulator.start({ timings: TIMINGS, filePaths: inFile });
    const agent = hasAgent ? await AgentDouble.make(simulator) : null;
    const node = new SimulatedNode(simulator, agent, inFile);
    agent?.watch(node.hand, (source) => node.faultOf(source));
    await agent?.start();
    return node;
  }

  get url(): string {
    return this.simulator.url;
  }

  /** An agent would start it again at once, unless it is stopped itself. */
  kill = async (): Promise<void> => {
    await this.agent?.freeze();
    await this.simulator.kill();
  };

  revive = async (): Promise<void> => {
    await (this.agent?.boot() ?? this.simulator.revive());
    await this.agent?.thaw();
  };

  stop = async (): Promise<void> => {
    await this.agent?.kill();
    await this.simulator.stop();
  };

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

  camera = async (tag: string, index: number): Promise<ChaosCamera> => {
    const camera = await SimulatedCamera.start(this.simulator, `${tag}-${index}`);
    this.watched.push(camera);
    return camera;
  };

  /** What MediaMTX would log of a source that it dials; null when it gets media, or waits for it. */
  private faultOf(source: string): string | null {
    return this.watched.find(({ address }) => source.includes(`@${address}?`))?.fault ?? null;
  }
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
