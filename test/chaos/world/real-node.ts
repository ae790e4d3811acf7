import { type MediaMtxBinary } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { type Json } from '#test/support/mediamtx/control-api.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

import {
  type CameraBehaviour,
  type ChaosAgent,
  type ChaosCamera,
  type ChaosNode,
  FOREIGN_IN_FILE,
} from './chaos-node.js';
import { Hand } from './hand.js';
import { AgentMediaMtx } from './agent-media-mtx.js';

/** Each is a server and an encoder: more of them would starve the machine that they share. */
const CAMERAS = 3;
const BLINK_MS = 800;

export class RealNode implements ChaosNode {
  readonly isReal = true;
  readonly cameras = CAMERAS;
  readonly hand = new Hand(() => this.url);
  private readonly behaviours = new Map<RtspCamera, CameraBehaviour>();

  readonly agent: ChaosAgent | null;
  readonly inFile: Readonly<Record<string, Json>>;

  private constructor(
    private readonly server: RealMediaMtx | AgentMediaMtx,
    private readonly all: readonly RtspCamera[],
  ) {
    this.agent = server instanceof AgentMediaMtx ? server.agent : null;
    this.inFile = this.agent === null ? FOREIGN_IN_FILE : {};
  }

  static async start(binary: MediaMtxBinary): Promise<RealNode> {
    const server = RealMediaMtx.start(binary, { paths: FOREIGN_IN_FILE });
    return new RealNode(await server, await startCameras(binary));
  }

  static async startWithAgent(binary: MediaMtxBinary): Promise<RealNode> {
    return new RealNode(await AgentMediaMtx.start(binary), await startCameras(binary));
  }

  get url(): string {
    return this.server.url;
  }

  kill = (): Promise<void> => this.server.kill9();
  revive = (): Promise<void> => this.server.revive();
  rewriteFile = (): Promise<void> => this.server.rewriteFile();
  freeze = async (): Promise<void> => await this.server.signal('SIGSTOP');
  thaw = async (): Promise<void> => await this.server.signal('SIGCONT');

  bend = (): never => {
    throw new Error('a real node answers as it likes');
  };

  view = (): never => {
    throw new Error('not needed on a real node');
  };

  camera = async (_tag: string, index: number): Promise<ChaosCamera> => {
    const camera = this.all[index % CAMERAS]!;
    const { host, pathname } = new URL(camera.url);
    return {
      address: `${host}${pathname}`,
      questions: null,
      become: (behaviour) => this.become(camera, behaviour),
      blink: async () => {
        camera.freeze();
        await new Promise((resolve) => setTimeout(resolve, BLINK_MS));
        camera.thaw();
      },
      drop: () => camera.dropViewers(),
      // It serves the next seed.
      close: async () => undefined,
    };
  };

  stop = async (): Promise<void> => {
    await this.server.stop();
    await Promise.all(this.all.map((camera) => camera.stop()));
  };

  private async become(camera: RtspCamera, behaviour: CameraBehaviour): Promise<void> {
    const before = this.behaviours.get(camera) ?? 'live';
    if (before === behaviour) return;
    this.behaviours.set(camera, behaviour);
    await LEAVING[before]?.(camera);
    await ENTERING[behaviour]?.(camera);
  }
}

const startCameras = (binary: MediaMtxBinary): Promise<RtspCamera[]> =>
  Promise.all(Array.from({ length: CAMERAS }, () => RtspCamera.start(binary)));

type Change = Readonly<Partial<Record<CameraBehaviour, (camera: RtspCamera) => unknown>>>;

const freeze = (camera: RtspCamera): void => {
  camera.freeze();
};
const thaw = (camera: RtspCamera): void => {
  camera.thaw();
};

const ENTERING: Change = {
  dead: (camera) => camera.endStream(),
  silent: freeze,
  frozen: freeze,
  refusing: async (camera) => {
    await camera.admit('nobody');
    await camera.dropViewers();
  },
};

const LEAVING: Change = {
  dead: (camera) => camera.resume(),
  silent: thaw,
  frozen: thaw,
  refusing: (camera) => camera.admit('everybody'),
};
