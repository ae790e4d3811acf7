import { ChildProcess } from '#test/support/child-process.js';
import { RtspCamera } from '#test/support/rtsp-camera.js';
import { type Json } from './control-api.js';
import { type MediaMtxBinary } from './find-real-media-mtx.js';
import { RealMediaMtx } from './real-media-mtx.js';
import { type Target, type TargetCamera, type TargetOptions, type TargetViewer } from './target.js';

export class RealTarget implements Target {
  private readonly cameras: RtspCamera[] = [];
  private readonly viewers: ChildProcess[] = [];

  private constructor(
    private readonly binary: MediaMtxBinary,
    private readonly server: RealMediaMtx,
  ) {}

  static async start(binary: MediaMtxBinary, options: TargetOptions): Promise<RealTarget> {
    const { auth, filePaths } = options;
    const server = await RealMediaMtx.start(binary, {
      ...(auth === undefined ? {} : { auth }),
      ...(filePaths === undefined ? {} : { paths: filePaths }),
    });
    return new RealTarget(binary, server);
  }

  get api(): RealMediaMtx['api'] {
    return this.server.api;
  }

  get port(): number {
    return Number(new URL(this.server.url).port);
  }

  restart = (): Promise<void> => this.server.restart();
  kill = (): Promise<void> => this.server.kill9();
  revive = (): Promise<void> => this.server.revive();
  touchFile = (): Promise<void> => this.server.touchFile();
  rewriteFile = (paths?: Readonly<Record<string, Json>>): Promise<void> =>
    this.server.rewriteFile(paths);

  camera = async (): Promise<TargetCamera> => {
    const camera = await RtspCamera.start(this.binary);
    this.cameras.push(camera);
    return {
      url: camera.url,
      endStream: () => camera.endStream(),
      resume: () => camera.resume(),
      freeze: async () => camera.freeze(),
      thaw: async () => camera.thaw(),
    };
  };

  view = async (path: string): Promise<TargetViewer> => {
    const input = ['-rtsp_transport', 'tcp', '-i', this.server.rtspUrl(path)];
    const quiet = ['-nostdin', '-loglevel', 'warning'];
    const copy = ['-c', 'copy', '-f', 'null', '-'];
    const viewer = await ChildProcess.start('ffmpeg', [...quiet, ...input, ...copy]);
    this.viewers.push(viewer);
    return { leave: () => viewer.stop() };
  };

  stop = async (): Promise<void> => {
    await Promise.all(this.viewers.map((viewer) => viewer.kill9()));
    await this.server.stop();
    await Promise.all(this.cameras.map((camera) => camera.stop()));
  };
}
