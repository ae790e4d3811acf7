/** The built API as a process of its own, as it runs in production. */
import path from 'node:path';

import { ChildProcess } from '../child-process.js';
import { type CrashLabel } from '../crash/crash-labels.js';
import { CrashSwitch } from '../crash/crash-switch.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { scrape } from '../metrics/scrape.js';
import { ApiClient } from './api-client.js';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/apps/api/main.js');
const CRASH_MAIN = path.resolve(import.meta.dirname, '../crash/crash-main.mjs');

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly mediaMtxUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** With adapters that die when they are told to; see `crashAt`. */
  readonly isCrashable?: true;
}

/** Tests should not wait for intervals that operators choose for calm. */
const BRISK = {
  RECONCILE_INTERVAL_MS: '500',
  MEDIAMTX_TIMEOUT_MS: '2000',
  BREAKER_MAX_MS: '500',
};

/** A start takes seconds of a processor, and several may begin at once on a busy machine. */
const UP_WITHIN = { timeoutMs: 60_000 };
/** A database that hangs holds a scrape up. */
const LAST_SCRAPE_MS = 500;

export class ApiProcess {
  private constructor(
    private process: ChildProcess,
    private readonly options: ApiOptions,
    readonly port: number,
    readonly client: ApiClient,
    private readonly crash: CrashSwitch | null,
  ) {}

  static async start(options: ApiOptions): Promise<ApiProcess> {
    const port = await freePort();
    const crash = options.isCrashable ? new CrashSwitch() : null;
    const child = await launch(options, port, crash);
    const client = new ApiClient(`http://127.0.0.1:${port}`);
    const api = new ApiProcess(child, options, port, client, crash);
    try {
      await api.ready();
    } catch (failure) {
      await child.kill9();
      throw failure;
    }
    return api;
  }

  get pid(): number {
    return this.process.pid;
  }

  get logs(): string {
    return this.process.output;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Each line of the log, parsed. */
  logLines(): Record<string, unknown>[] {
    return this.logs
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The process dies as soon as it comes to that point, once; `revive` forgets it. */
  crashAt(label: CrashLabel): void {
    if (this.crash === null) throw new Error('only a process that isCrashable can be told to die');
    this.crash.arm(label);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.signal(signal);
  }

  exitCode(): Promise<number | null> {
    return this.process.exited;
  }

  kill9(): Promise<void> {
    return this.process.kill9();
  }

  /** As a person at a terminal ends it: no load balancer has to hear of it first. */
  async stop(): Promise<void> {
    // Kept, to be searched; one that cannot answer any more has said all that it will.
    await scrape(this.port, LAST_SCRAPE_MS).catch(() => undefined);
    await this.process.stop('SIGINT');
  }

  /** A new process on the same port, which dies of nothing that was said before. */
  async revive(): Promise<void> {
    this.crash?.disarm();
    this.process = await launch(this.options, this.port, this.crash);
    await this.ready();
  }

  private async ready(): Promise<void> {
    await eventually(async () => {
      if (!this.process.isRunning) {
        throw new Error(`the API ended: ${this.logs}`);
      }
      const { status } = await this.client.get('/health/live');
      if (status !== 200) {
        throw new Error(`not up: ${status}`);
      }
    }, UP_WITHIN);
  }
}

async function launch(
  { databaseUrl, mediaMtxUrl, env }: ApiOptions,
  port: number,
  crash: CrashSwitch | null,
): Promise<ChildProcess> {
  const child = await ChildProcess.start(process.execPath, [crash === null ? MAIN : CRASH_MAIN], {
    env: {
      ...crash?.env,
      DATABASE_URL: databaseUrl,
      MEDIAMTX_API_URL: mediaMtxUrl,
      PORT: String(port),
      ...BRISK,
      ...env,
    },
  });
  void child.exited.then(() => crash?.disarm());
  return child;
}
