/** The built API as a process of its own, as it runs in production. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import path from 'node:path';

import { ChildProcess } from '../child-process.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { ApiClient } from './api-client.js';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/apps/api/main.js');

export interface ApiOptions {
  readonly databaseUrl: string;
  readonly mediaMtxUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Tests should not wait for intervals that operators choose for calm. */
const BRISK = {
  RECONCILE_INTERVAL_MS: '500',
  MEDIAMTX_TIMEOUT_MS: '2000',
  BREAKER_MAX_MS: '500',
};

export class ApiProcess {
  private constructor(
    private process: ChildProcess,
    private readonly options: ApiOptions,
    readonly port: number,
    readonly client: ApiClient,
  ) {}

  static async start(options: ApiOptions): Promise<ApiProcess> {
    const port = await freePort();
    const child = await launch(options, port);
    const api = new ApiProcess(child, options, port, new ApiClient(`http://127.0.0.1:${port}`));
    await api.ready();
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

  signal(signal: NodeJS.Signals): void {
    this.process.signal(signal);
  }

  async exitCode(): Promise<number | null> {
    const code = await this.process.exited;
    this.keepLog();
    return code;
  }

  async kill9(): Promise<void> {
    await this.process.kill9();
    this.keepLog();
  }

  async stop(): Promise<void> {
    await this.process.stop();
    this.keepLog();
  }

  /** A new process on the same port. */
  async revive(): Promise<void> {
    this.process = await launch(this.options, this.port);
    await this.ready();
  }

  private async ready(): Promise<void> {
    await eventually(
      async () => {
        if (!this.process.isRunning) {
          throw new Error(`the API ended: ${this.logs}`);
        }
        const { status } = await this.client.get('/health/live');
        if (status !== 200) {
          throw new Error(`not up: ${status}`);
        }
      },
      { timeoutMs: 30_000 },
    );
  }

  private keepLog(): void {
    const folder = process.env['TEST_SAID_FOLDER'];
    if (folder !== undefined) {
      appendFileSync(path.join(folder, `log-${randomUUID()}.txt`), this.logs);
    }
  }
}

function launch(
  { databaseUrl, mediaMtxUrl, env }: ApiOptions,
  port: number,
): Promise<ChildProcess> {
  return ChildProcess.start(process.execPath, [MAIN], {
    env: {
      DATABASE_URL: databaseUrl,
      MEDIAMTX_API_URL: mediaMtxUrl,
      PORT: String(port),
      ...BRISK,
      ...env,
    },
  });
}
