/** A real MediaMTX of a test's own: its own folder, free ports, the loopback interface only. */
import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';
import { freePort } from '#test/support/free-port.js';
import { ControlApi, type Json } from './control-api.js';
import { type MediaMtxBinary, isAtLeast } from './find-real-media-mtx.js';

export interface RealMediaMtxOptions {
  /** The API then needs these credentials; reading and publishing stay open. */
  readonly auth?: { readonly user: string; readonly password: string };
  readonly hls?: boolean;
  readonly webrtc?: boolean;
  /** What the file holds under `paths`. */
  readonly paths?: Readonly<Record<string, Json>>;
  /** Further top-level settings. */
  readonly settings?: Json;
}

/** The server ignores every change of its file within one second of the last reload, for good. */
const RELOAD_PAUSE_MS = 1_100;
const PORT_ATTEMPTS = 3;
const RELOADING = 'reloading configuration (file changed)';

interface Ports {
  readonly api: number;
  readonly rtsp: number;
  readonly hls: number;
  readonly webrtc: number;
  readonly ice: number;
}

export class RealMediaMtx {
  readonly api = new ControlApi(() => this.url);
  private process: ChildProcess | null = null;
  private lastReloadAt = 0;
  private logBefore = '';

  private constructor(
    private readonly binary: MediaMtxBinary,
    private readonly options: RealMediaMtxOptions,
    private readonly folder: string,
    private readonly ports: Ports,
    private paths: Readonly<Record<string, Json>>,
  ) {}

  static async start(
    binary: MediaMtxBinary,
    options: RealMediaMtxOptions = {},
  ): Promise<RealMediaMtx> {
    for (let attempt = 1; ; attempt += 1) {
      const folder = await mkdtemp(join(tmpdir(), 'vigia-mediamtx-'));
      const paths = options.paths ?? {};
      const server = new RealMediaMtx(binary, options, folder, await freePorts(), paths);
      try {
        await server.revive();
        return server;
      } catch (failure) {
        await server.stop();
        // Another process took a port between our asking for it and the server's binding it.
        if (attempt === PORT_ATTEMPTS || !server.log.includes('already in use')) throw failure;
      }
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.api}`;
  }

  get version(): string {
    return this.binary.version;
  }

  rtspUrl(path: string): string {
    return `rtsp://127.0.0.1:${this.ports.rtsp}/${path}`;
  }

  hlsUrl(path: string): string {
    return `http://127.0.0.1:${this.ports.hls}/${path}/index.m3u8`;
  }

  whepUrl(path: string): string {
    return `http://127.0.0.1:${this.ports.webrtc}/${path}/whep`;
  }

  get log(): string {
    return this.logBefore + (this.process?.output ?? '');
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.signal(signal);
  }

  /** `kill -9` and a new start on the same ports. */
  async restart(): Promise<void> {
    await this.kill9();
    await this.revive();
  }

  async kill9(): Promise<void> {
    await this.process?.kill9();
    this.keepLog();
  }

  /** @param paths of the file that it starts with; by default as before */
  async revive(paths: Readonly<Record<string, Json>> = this.paths): Promise<void> {
    this.paths = paths;
    await this.writeFile(paths);
    this.process = await ChildProcess.start(this.binary.path, [this.file], { cwd: this.folder });
    this.lastReloadAt = 0;
    const { process } = this;
    const ended = process.exited.then(() => {
      throw new Error(`MediaMTX ended: ${this.log}`);
    });
    await Promise.race([ended, eventually(() => this.api.get('/v3/info'))]);
    ended.catch(() => undefined);
  }

  /** New content by rename, as a careful operator does it; returns when the server has read it. */
  async rewriteFile(paths: Readonly<Record<string, Json>> = this.paths): Promise<void> {
    this.paths = paths;
    await delay(Math.max(0, this.lastReloadAt + RELOAD_PAUSE_MS - performance.now()));
    const before = this.reloads();
    await this.writeFile(paths);
    await eventually(() => {
      if (this.reloads() === before) throw new Error(`no reload: ${this.log}`);
    });
    this.lastReloadAt = performance.now();
  }

  /** New content by rename, and no waiting for it to be read. */
  async writeFile(paths: Readonly<Record<string, Json>>): Promise<void> {
    const draft = join(this.folder, 'mediamtx.yml.new');
    await writeFile(draft, stringify({ ...this.settings(), paths }));
    await rename(draft, this.file);
  }

  /** Changes the time of the file, and nothing else. */
  async touchFile(): Promise<void> {
    await utimes(this.file, new Date(), new Date());
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    this.keepLog();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get file(): string {
    return join(this.folder, 'mediamtx.yml');
  }

  private reloads(): number {
    return this.log.split(RELOADING).length - 1;
  }

  private keepLog(): void {
    this.logBefore = this.log;
    this.process = null;
  }

  private settings(): Json {
    const { api, rtsp, hls, webrtc, ice } = this.ports;
    return {
      logLevel: 'info',
      api: true,
      apiAddress: `127.0.0.1:${api}`,
      rtsp: true,
      rtspAddress: `127.0.0.1:${rtsp}`,
      rtspTransports: ['tcp'],
      rtmp: false,
      srt: false,
      ...(isAtLeast(this.version, [1, 19]) ? { moq: false } : {}),
      hls: this.options.hls ?? false,
      hlsAddress: `127.0.0.1:${hls}`,
      webrtc: this.options.webrtc ?? false,
      webrtcAddress: `127.0.0.1:${webrtc}`,
      webrtcLocalUDPAddress: `127.0.0.1:${ice}`,
      webrtcIPsFromInterfaces: false,
      webrtcAdditionalHosts: ['127.0.0.1'],
      pathDefaults: { recordDeleteAfter: '0s' },
      ...authSettings(this.options.auth),
      ...this.options.settings,
    };
  }
}

async function freePorts(): Promise<Ports> {
  return {
    api: await freePort(),
    rtsp: await freePort(),
    hls: await freePort(),
    webrtc: await freePort(),
    ice: await freePort(),
  };
}

function authSettings(auth: RealMediaMtxOptions['auth']): Json {
  if (auth === undefined) return {};
  const viewer = { user: 'any', permissions: [{ action: 'read' }, { action: 'publish' }] };
  const controller = { user: auth.user, pass: auth.password, permissions: [{ action: 'api' }] };
  return { authInternalUsers: [viewer, controller] };
}
