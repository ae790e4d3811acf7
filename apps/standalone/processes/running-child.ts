import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { type ChildLedger } from '#supervision/child-ledger.js';
import { killProcesses, type StopSignal } from '#supervision/end-processes.js';
import { descendantsOf, readAllProcesses, readProcess } from '#supervision/process-table.js';
import { systemCodeOf } from '#supervision/startup-failure.js';

import { type LogFile } from './log-file.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whom to run it as; ourselves if not given. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: Command;
  readonly stopSignal: StopSignal;
  readonly log: LogFile;
  readonly ledger: ChildLedger;
  /** Called with each line that the child writes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** From its end. */
const LAST_WORDS_MS = 2_000;
const TAIL_LINES = 40;
const LONGEST_LINE = 64 * 1024;

/** One life of a child process: from its spawn to its end. */
export class RunningChild {
  /** Resolves with a few words on how it ended, once its last words were heard; never rejects. */
  readonly ended: Promise<string>;
  readonly tail: string[] = [];
  private readonly bornAtMs = performance.now();
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private partialLine = '';
  private hasEnded = false;

  constructor(private readonly options: ChildOptions) {
    const { file, args, env, cwd, account } = options.command;
    this.child = spawn(file, args, {
      env,
      cwd,
      ...(account && { uid: account.uid, gid: account.gid }),
      // A session of its own: Ctrl-C reaches us alone, and we stop the children in their order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.record();
    this.child.stdout?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.hear(chunk));
    this.closed = new Promise((resolve) => void this.child.once('close', resolve));
    this.ended = this.end();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  get uptimeMs(): number {
    return performance.now() - this.bornAtMs;
  }

  /** Asks it to stop, and kills it when it does not. Says whether it had to be killed. */
  async stop(graceMs: number): Promise<'stopped' | 'killed'> {
    this.signal(this.options.stopSignal);
    if (await this.endsWithin(graceMs)) return 'stopped';
    await this.kill();
    return 'killed';
  }

  /** Ends it and all that it started, at once. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    // Read first: once it is dead, its children can no longer be told from strangers.
    const descendants = descendantsOf(this.pid, readAllProcesses());
    this.signal('SIGKILL');
    await this.ended;
    await killProcesses(descendants);
  }

  private signal(signal: NodeJS.Signals): void {
    // Node holds the pid until it has seen the end, so this cannot hit anybody else.
    if (!this.hasEnded) this.child.kill(signal);
  }

  private async endsWithin(limitMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), limitMs);
    });
    const hasEnded = await Promise.race([this.ended.then(() => true as const), limit]);
    clearTimeout(timer);
    return hasEnded;
  }

  private record(): void {
    const { name, stopSignal, ledger } = this.options;
    const row = readProcess(this.pid);
    if (row) ledger.add({ pid: row.pid, startedAt: row.startedAt, name, stopSignal });
  }

  private async end(): Promise<string> {
    const how = await new Promise<string>((resolve) => {
      this.child.once('error', (error) => resolve(systemCodeOf(error) ?? error.message));
      this.child.once('exit', (code, signal) => resolve(signal ?? `code ${code ?? '?'}`));
    });
    this.hasEnded = true;
    this.options.ledger.remove(this.pid);
    // What it said last arrives after its end. Bounded: a grandchild may hold the pipes open.
    await Promise.race([this.closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    return how;
  }

  private hear(chunk: Buffer): void {
    this.options.log.write(chunk);
    const lines = (this.partialLine + chunk.toString()).split('\n');
    this.partialLine = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) {
      this.tail.push(line);
      this.options.onLine?.(line);
    }
    this.tail.splice(0, Math.max(0, this.tail.length - TAIL_LINES));
  }
}
