import { MediaMtxSimulator } from '#simulator/media-mtx-simulator.js';
import { ControlApi, type Json } from './control-api.js';
import { type Target, type TargetCamera, type TargetOptions, type TargetViewer } from './target.js';

export class SimulatorTarget implements Target {
  readonly api = new ControlApi(() => this.simulator.url);
  private cameras = 0;

  private constructor(private readonly simulator: MediaMtxSimulator) {}

  static async start(options: TargetOptions): Promise<SimulatorTarget> {
    const simulator = await MediaMtxSimulator.start(options);
    simulator.setSource(/:9\//, 'dead');
    return new SimulatorTarget(simulator);
  }

  get port(): number {
    return this.simulator.port;
  }

  restart = (): Promise<void> => this.simulator.restart();
  kill = (): Promise<void> => this.simulator.kill();
  revive = (): Promise<void> => this.simulator.revive();
  stop = (): Promise<void> => this.simulator.stop();

  rewriteFile = async (paths?: Readonly<Record<string, Json>>): Promise<void> =>
    this.simulator.rewriteFile(paths);

  /** A time stamp is nothing that a simulator could notice. */
  touchFile = async (): Promise<void> => undefined;

  camera = async (): Promise<TargetCamera> => {
    this.cameras += 1;
    const url = `rtsp://127.0.0.1:8554/camera-${this.cameras}`;
    const become = async (behaviour: 'live' | 'dead' | 'frozen'): Promise<void> =>
      this.simulator.setSource(url, behaviour);
    return {
      url,
      endStream: () => become('dead'),
      resume: () => become('live'),
      freeze: () => become('frozen'),
      thaw: () => become('live'),
    };
  };

  view = async (path: string): Promise<TargetViewer> => {
    this.simulator.openRuntimePath(path);
    this.simulator.setReaders(path, 1);
    return { leave: async () => this.simulator.setReaders(path, 0) };
  };
}
