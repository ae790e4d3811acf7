import { ChildLedger, readRecordedChildren } from '#supervision/child-ledger.js';
import { endProcesses } from '#supervision/end-processes.js';
import { lockFolder } from '#supervision/folder-lock.js';
import { Guard } from '#supervision/guard.js';
import { isAlive } from '#supervision/process-table.js';

import { type DataFolder, openDataFolder } from './data-folder/data-folder.js';
import { LOOPBACK, settlePorts } from './network/ports.js';
import { startApi } from './parts/api.js';
import { startCamera } from './parts/camera.js';
import { startDatabase } from './parts/database.js';
import { findProgram, startMediaServer } from './parts/media-server.js';
import { shownPath } from './shown-path.js';
import { StackContext } from './stack-context.js';
import { type Ports, type StandaloneConfig } from './standalone-config.js';
import { type Terminal } from './terminal.js';
import { welcome } from './welcome.js';

const LEFTOVER_GRACE_MS = 3_000;

/** The camera before the node: that comes with its paths, and tries one that is refused late again. */
async function startMedia(context: StackContext) {
  const program = await findProgram(context);
  const cameraUrl = await startCamera(context, program);
  const mediaServer = await startMediaServer(context, program);
  return { program, cameraUrl, mediaServer };
}

/**
 * The whole product on one machine: database, MediaMTX, a test camera and the API, each a child of
 * this process.
 *
 * Whatever ends this process, the children end too: an ordinary stop ends them one after the other;
 * a kill that cannot be caught is seen by the guard; and should the guard be killed with us, the
 * next start ends what it finds written down.
 */
export class LocalStack {
  private context: StackContext | undefined;
  private release: (() => void) | undefined;
  private readonly guard = new Guard();

  constructor(
    private readonly config: StandaloneConfig,
    private readonly terminal: Terminal,
  ) {}

  /** @throws StartupFailure; what was started by then is still to be stopped with `down`. */
  async up(signal: AbortSignal): Promise<void> {
    const folder = openDataFolder(this.config.dataDir);
    this.release = await lockFolder({ file: folder.lock, setting: 'VIGIA_DATA_DIR' });
    await this.endLeftovers(folder);
    const ports = await settlePorts(this.neededPorts());
    this.guard.start();
    const context = new StackContext({
      config: this.config,
      ports: { ...this.config.ports, ...ports },
      folder,
      terminal: this.terminal,
      ledger: new ChildLedger(folder.children, (children) => this.guard.tell(children)),
      signal,
    });
    this.context = context;
    await this.startParts(context);
  }

  async down(): Promise<void> {
    await this.context?.stopAll();
    await this.guard.stop();
    this.release?.();
  }

  /** Without asking anybody: for the impatient. */
  async kill(): Promise<void> {
    await this.context?.killAll();
  }

  private async startParts(context: StackContext): Promise<void> {
    const { terminal } = this;
    const { folder, ports } = context.is;
    terminal.say(`Vigia, local stack (data in ${shownPath(folder.root)})`);
    terminal.say();
    const [databaseUrl, { program, cameraUrl, mediaServer }] = await Promise.all([
      startDatabase(context),
      startMedia(context),
    ]);
    const apiUrl = await startApi(context, databaseUrl, mediaServer);
    const pages = `http://${LOOPBACK}:${ports.VIGIA_MEDIAMTX_WEBRTC_PORT}`;
    const lines = welcome({
      apiUrl,
      cameraUrl,
      pageUrl: program && `${pages}/${this.config.pathPrefix}/test/`,
      logs: shownPath(folder.logs),
    });
    for (const line of lines) terminal.say(line);
  }

  private neededPorts(): Partial<Ports> & Record<string, number> {
    const { VIGIA_POSTGRES_PORT, ...others } = this.config.ports;
    return this.config.databaseUrl === undefined ? { ...others, VIGIA_POSTGRES_PORT } : others;
  }

  private async endLeftovers(folder: DataFolder): Promise<void> {
    const leftovers = readRecordedChildren(folder.children).filter(isAlive);
    if (leftovers.length === 0) return;
    const names = leftovers.map((child) => `${child.name} (pid ${child.pid})`).join(', ');
    this.terminal.warn(`ending what a killed run left behind: ${names}`);
    await endProcesses(leftovers, LEFTOVER_GRACE_MS);
  }
}
