/**
 * A process of a test's own. It is signalled by its pid only, and never outlives the test: a guard
 * that reads from a pipe of ours ends it even when this process is killed without a chance to clean
 * up, because the pipe closes then.
 */
import { type ChildProcess as NodeChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

import { keepSaid } from './canary/keep-said.js';

/** Too low: a child cannot say goodbye. Too high: a stuck one delays the suite. */
const STOP_GRACE_MS = 3_000;
/** Enough to find the cause of a failure; a child that talks for hours must not fill the memory. */
const MAX_OUTPUT_CHARS = 1_000_000;
/** What runs the product, and nothing else; what it says is searched for secrets at the end. */
const OURS: ReadonlySet<string> = new Set(['node', process.execPath, 'npm']);

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Only root can run it as somebody else. */
  readonly uid?: number | undefined;
}

export class ChildProcess {
  private captured = '';
  private code: number | null | undefined;
  private readonly guard: NodeChildProcess;
  readonly exited: Promise<number | null>;

  private constructor(
    private readonly child: NodeChildProcess,
    isOurs: boolean,
  ) {
    const keep = (chunk: Buffer): void => {
      this.captured = (this.captured + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.guard = spawn('sh', ['-c', `cat >/dev/null; kill -9 ${this.pid}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code) => {
        this.code = code;
        this.guard.kill('SIGKILL');
        if (isOurs) keepSaid('log', this.captured);
        resolve(code);
      });
    });
  }

  static async start(
    command: string,
    args: readonly string[],
    { cwd, env, uid }: ChildOptions = {},
  ): Promise<ChildProcess> {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return new ChildProcess(child, OURS.has(command));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process did not start');
    return this.child.pid;
  }

  /** Standard output and standard error, in the order in which they arrived. */
  get output(): string {
    return this.captured;
  }

  get isRunning(): boolean {
    return this.code === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    // A paused process would take the request to end only after it was continued.
    this.signal('SIGCONT');
    this.signal(signal);
    const grace = new AbortController();
    const late = delay(STOP_GRACE_MS, 'late', { signal: grace.signal }).catch(() => 'ended');
    if ((await Promise.race([this.exited, late])) === 'late') this.signal('SIGKILL');
    grace.abort();
    await this.exited;
  }

  async kill9(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}
