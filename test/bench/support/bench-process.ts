/** A file of `processes/` as a process of its own, so that the parts do not share a processor's time. */
import path from 'node:path';

import { ChildProcess } from '#test/support/child-process.js';
import { eventually } from '#test/support/eventually.js';

const PROCESSES = path.resolve(import.meta.dirname, '../processes');
const TYPESCRIPT = path.resolve(import.meta.dirname, '../run/typescript.mjs');
const UP_WITHIN = { timeoutMs: 60_000 };

export class BenchProcess {
  private constructor(private readonly process: ChildProcess) {}

  /** @param given what the file reads with `given()` of `processes/given.ts` */
  static async start(
    file: string,
    given: object,
    { env = {}, flags = [] }: { env?: NodeJS.ProcessEnv; flags?: readonly string[] } = {},
  ): Promise<BenchProcess> {
    const args = [...flags, '--import', TYPESCRIPT, path.join(PROCESSES, file)];
    const child = await ChildProcess.start(process.execPath, [...args, JSON.stringify(given)], {
      env,
    });
    return new BenchProcess(child);
  }

  get logs(): string {
    return this.process.output;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.signal(signal);
  }

  /** Until it has said that. */
  async said(text: string): Promise<void> {
    await eventually(() => {
      if (!this.process.isRunning) throw new Error(`it has ended: ${this.logs}`);
      if (!this.logs.includes(text)) throw new Error(`not said: ${text}; ${this.logs}`);
    }, UP_WITHIN);
  }

  /** Its last line, once it has ended by itself. */
  async result<T>(): Promise<T> {
    const code = await this.process.exited;
    if (code !== 0) throw new Error(`it has failed: ${this.logs}`);
    return JSON.parse(this.logs.trim().split('\n').at(-1) ?? '') as T;
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
