/** A camera: a second MediaMTX that serves a test pattern over RTSP, with a key frame each second. */
import { ChildProcess } from './child-process.js';
import { eventually } from './eventually.js';
import { type Json } from './mediamtx/control-api.js';
import { type MediaMtxBinary } from './mediamtx/find-real-media-mtx.js';
import { RealMediaMtx } from './mediamtx/real-media-mtx.js';

const PATH = 'camera';

export interface Account {
  readonly user: string;
  readonly password: string;
}

export interface Picture {
  readonly size: string;
  /** Frames a second, with a key frame each second. */
  readonly rate: number;
}

/** Small, so that a test machine carries several cameras. */
const SMALL: Picture = { size: '320x180', rate: 15 };

export class RtspCamera {
  private encoder: ChildProcess | null = null;

  private constructor(
    private readonly server: RealMediaMtx,
    private readonly picture: Picture,
  ) {}

  /** @param account whom it lets watch; without one: everybody */
  static async start(
    binary: MediaMtxBinary,
    { picture = SMALL, account }: { picture?: Picture; account?: Account } = {},
  ): Promise<RtspCamera> {
    const settings = account === undefined ? {} : { authInternalUsers: usersOf(account) };
    const server = await RealMediaMtx.start(binary, { paths: { [PATH]: {} }, settings });
    const camera = new RtspCamera(server, picture);
    await camera.resume();
    return camera;
  }

  get url(): string {
    return this.server.rtspUrl(PATH);
  }

  /** The stream ends in an orderly way; the camera itself stays reachable. */
  async endStream(): Promise<void> {
    await this.encoder?.kill9();
    this.encoder = null;
  }

  /** Starts the stream, after its end or after an encoder that has given up. */
  async resume(): Promise<void> {
    await this.endStream();
    this.encoder = await ChildProcess.start('ffmpeg', encoderArguments(this.picture, this.url));
    await eventually(
      async () => {
        const { json } = await this.server.api.path(PATH);
        if (json['available'] !== true) throw new Error(`no picture: ${this.encoder?.output}`);
      },
      { timeoutMs: 15_000 },
    );
  }

  /** Connections stay open and nothing comes: what a hung camera does. */
  freeze(): void {
    this.server.signal('SIGSTOP');
  }

  thaw(): void {
    this.server.signal('SIGCONT');
  }

  /** Who may watch from now on. Whoever does stays. */
  async admit(whom: 'everybody' | 'nobody'): Promise<void> {
    const permissions = whom === 'everybody' ? [...CONTROL, { action: 'read' }] : CONTROL;
    const body = { authInternalUsers: [{ user: 'any', permissions }] };
    await this.server.api.call('PATCH', '/v3/config/global/patch', { body });
  }

  /** Their connections end; they may come again. */
  async dropViewers(): Promise<void> {
    const sessions = await this.server.api.items('/v3/rtspsessions/list');
    const viewers = sessions.filter(({ state }) => state === 'read');
    await Promise.all(
      viewers.map(({ id }) => this.server.api.post(`/v3/rtspsessions/kick/${String(id)}`)),
    );
  }

  /** Gone from the network: connections are refused. */
  async kill(): Promise<void> {
    await this.endStream();
    await this.server.kill9();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.server.revive();
    await this.resume();
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.endStream();
    await this.server.stop();
  }
}

const CONTROL = [{ action: 'publish' }, { action: 'api' }];

function usersOf({ user, password }: Account): Json[] {
  const everybody = { user: 'any', permissions: CONTROL };
  return [everybody, { user, pass: password, permissions: [{ action: 'read' }] }];
}

/** Without B-frames, as cameras send it. */
function encoderArguments({ size, rate }: Picture, url: string): string[] {
  const picture = ['-re', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${rate}`];
  const codec = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-g',
    `${rate}`,
  ];
  const output = ['-pix_fmt', 'yuv420p', '-f', 'rtsp', '-rtsp_transport', 'tcp', url];
  return ['-nostdin', '-loglevel', 'warning', '-threads', '1', ...picture, ...codec, ...output];
}
