import { type MediaMtxBinary } from '#test/support/mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from '#test/support/mediamtx/real-media-mtx.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';

import {
  type CameraBehaviour,
  type ChaosCamera,
  type ChaosNode,
  FOREIGN_IN_FILE,
} from './chaos-node.js';
import { Hand } from './hand.js';

/** Each is a server and an encoder: more of them would starve the machine that they share. */
const CAMERAS = 3;
const BLINK_MS = 800;

export class RealNode implements ChaosNode {
  readonly isReal = true;
  readonly cameras = CAMERAS;
  readonly hand = new Hand(() => this.url);
  private readonly behaviours = new Map<RtspCamera, CameraBehaviour>();

  private constructor(
    private readonly server: RealMediaMtx,
    private readonly all: readonly RtspCamera[],
  ) {}

  static async start(binary: MediaMtxBinary): Promise<RealNode> {
    const [server, ...cameras] = await Promise.all([
      RealMediaMtx.start(binary, { paths: FOREIGN_IN_FILE }),
      ...Array.from({ length: CAMERAS }, () => RtspCamera.start(binary)),
    ]);
    return new RealNode(server, cameras);
  }

  get url(): string {
    return this.server.url;
  }

  kill = (): Promise<void> => this.server.kill9();
  revive = (): Promise<void> => this.server.revive();
  rewriteFile = (): Promise<void> => this.server.rewriteFile();
  freeze = async (): Promise<void> => this.server.signal('SIGSTOP');
  thaw = async (): Promise<void> => this.server.signal('SIGCONT');

  bend = (): never => {
    throw new Error('a real node answers as it likes');
  };

  view = (): never => {
    throw new Error('not needed on a real node');
  };

  camera = (_tag: string, index: number): ChaosCamera => {
    const camera = this.all[index % CAMERAS]!;
    const { host, pathname } = new URL(camera.url);
    return {
      address: `${host}${pathname}`,
      become: (behaviour) => this.become(camera, behaviour),
      blink: async () => {
        camera.freeze();
        await new Promise((resolve) => setTimeout(resolve, BLINK_MS));
        camera.thaw();
      },
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
    if (before === 'frozen') camera.thaw();
    if (behaviour === 'frozen' || behaviour === 'silent') camera.freeze();
    else if (behaviour === 'dead') await camera.endStream();
    else if (before === 'dead') await camera.resume();
  }
}
