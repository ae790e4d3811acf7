import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  descendantsOf,
  isAlive,
  readAllProcesses,
  type ProcessRow,
} from '#supervision/process-table.js';

import { ChildProcess } from './child-process.js';
import { eventually } from './eventually.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Parts of a running stack, by their commands. */
export const MEDIA_SERVER = /node\/running\/mediamtx\.yml|simulator\/main\.js/;
export const DATABASE = /bin\/postgres /;
export const API = /apps\/api\/main\.js/;

export const STACK_MAIN = path.join(ROOT, 'dist/apps/standalone/main.js');

/** Nobody listens there: what is not on this machine must not be waited for. */
const NOWHERE = 'http://127.0.0.1:65533';
const UP_WITHIN = { timeoutMs: 45_000, everyMs: 50 };
const GONE_WITHIN = { timeoutMs: 20_000, everyMs: 50 };

const ANY_PORT = {
  PORT: '0',
  VIGIA_POSTGRES_PORT: '0',
  VIGIA_MEDIAMTX_API_PORT: '0',
  VIGIA_MEDIAMTX_RTSP_PORT: '0',
  VIGIA_MEDIAMTX_HLS_PORT: '0',
  VIGIA_MEDIAMTX_WEBRTC_PORT: '0',
  VIGIA_NODE_AGENT_PORT: '0',
  VIGIA_CAMERA_PORT: '0',
};

/** A folder that the database's own user can enter, too, where the tests run as root. */
export function dataFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vigia-stack-'));
  chmodSync(folder, 0o755);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export interface StackOptions {
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What starts it; node alone if not given. */
  readonly launcher?: readonly [string, ...string[]];
}

/** The built local stack as a process, with ports of its own. */
export class LocalStackProcess {
  private constructor(private readonly process: ChildProcess) {}

  static async start({ dataDir, env, launcher }: StackOptions): Promise<LocalStackProcess> {
    if (!existsSync(STACK_MAIN)) throw new Error(`${STACK_MAIN} is missing: npm run build`);
    const [command, ...args] = launcher ?? [process.execPath, STACK_MAIN];
    const settings = { VIGIA_DATA_DIR: dataDir, VIGIA_MEDIAMTX_RELEASES_URL: NOWHERE };
    return new LocalStackProcess(
      await ChildProcess.start(command, args, {
        cwd: ROOT,
        env: { ...ANY_PORT, DATABASE_URL: '', ...settings, ...env },
      }),
    );
  }

  static async up(options: StackOptions): Promise<LocalStackProcess> {
    const stack = await LocalStackProcess.start(options);
    try {
      await stack.untilUp();
    } catch (error) {
      await stack.end();
      throw error;
    }
    return stack;
  }

  get pid(): number {
    return this.process.pid;
  }

  get output(): string {
    return this.process.output;
  }

  /** The exit code, once it has ended. */
  get exited(): Promise<number | null> {
    return this.process.exited;
  }

  get apiUrl(): string {
    return /API\s+(http:\S+)/.exec(this.output)?.[1] ?? '';
  }

  get cameraUrl(): string | undefined {
    return /Test camera\s+(rtsp:[^\s,]+)/.exec(this.output)?.[1];
  }

  get pageUrl(): string | undefined {
    return /(http:\S+\/cam\/test\/)/.exec(this.output)?.[1];
  }

  get isSimulated(): boolean {
    return this.output.includes('SIMULATED');
  }

  async untilUp(): Promise<void> {
    await eventually(() => {
      if (!this.process.isRunning) throw new Error(`the stack has ended: ${this.output}`);
      this.mustSay('Ctrl-C stops everything');
    }, UP_WITHIN);
  }

  async untilSaid(text: string | RegExp): Promise<void> {
    await eventually(() => this.mustSay(text), UP_WITHIN);
  }

  /** Everything that it has started and that runs. */
  descendants(): ProcessRow[] {
    return descendantsOf(this.pid, readAllProcesses());
  }

  /** The one child of which the command says that. */
  child(command: string | RegExp): ProcessRow {
    const rows = readAllProcesses();
    const found = descendantsOf(this.pid, rows).find((row) => row.command.search(command) >= 0);
    if (found === undefined) throw new Error(`no child is ${String(command)}: ${this.output}`);
    return found;
  }

  /** What ends the others when the stack is killed; the agent has one of its own. */
  get guard(): ProcessRow {
    const found = this.descendants().find(
      ({ parentPid, command }) => parentPid === this.pid && command.includes('vigia-guard'),
    );
    if (found === undefined) throw new Error(`there is no guard: ${this.output}`);
    return found;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.signal(signal);
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.exited;
  }

  /** For clean-up: whatever state it is in, nothing of it is left. */
  async end(): Promise<void> {
    const family = this.descendants();
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), GONE_WITHIN.timeoutMs);
    await this.exited;
    clearTimeout(timer);
    await untilAllGone(family);
  }

  private mustSay(text: string | RegExp): void {
    if (this.output.search(text) < 0) throw new Error(`not said: ${String(text)}\n${this.output}`);
  }
}

/** Fails when one of them still runs after a while. */
export async function untilAllGone(family: readonly ProcessRow[]): Promise<void> {
  await eventually(() => {
    const left = family.filter(isAlive);
    if (left.length > 0) {
      throw new Error(`still there: ${left.map((row) => row.command).join('; ')}`);
    }
  }, GONE_WITHIN);
}
