import { type ChildProcess, spawn } from 'node:child_process';

import { type ChildLedger } from '#supervision/child-ledger.js';
import { killProcesses } from '#supervision/end-processes.js';
import { descendantsOf, readAllProcesses, readProcess } from '#supervision/process-table.js';

export interface Program {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  /** Its children are written down there, for others to end when we no longer can. */
  readonly ledger: ChildLedger;
}

export interface Listener {
  hear(chunk: Buffer): void;
  hearError(chunk: Buffer): void;
}

/** Both null: it could not be started at all. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One MediaMTX, from its spawn to its end. */
export class MediaMtxProcess {
  /** Never rejects. */
  readonly ended: Promise<Exit>;
  private readonly child: ChildProcess;
  private readonly bornAtMs = performance.now();
  private hasEnded = false;

  constructor(
    private readonly program: Program,
    configFile: string,
    listener: Listener,
  ) {
    this.child = spawn(program.file, [configFile], {
      env: program.env,
      // A session of its own: Ctrl-C reaches us alone, and we hand it on.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.record();
    this.child.stdout?.on('data', (chunk: Buffer) => listener.hear(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => listener.hearError(chunk));
    this.ended = this.untilEnd();
  }

  /** Null while there is none: it could not be started, or has ended. */
  get pid(): number | null {
    return this.hasEnded ? null : (this.child.pid ?? null);
  }

  get uptimeMs(): number {
    return performance.now() - this.bornAtMs;
  }

  /** Asks it to stop, and kills it when it does not. */
  async stop(signal: NodeJS.Signals, graceMs: number): Promise<'stopped' | 'killed'> {
    this.signal(signal);
    const timer = new AbortController();
    const isLate = await Promise.race([this.ended.then(() => false), after(graceMs, timer.signal)]);
    timer.abort();
    if (!isLate) return 'stopped';
    await this.kill();
    return 'killed';
  }

  /** Ends it and all that it has started, at once. */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    // Read first: once it is dead, its children can no longer be told from strangers.
    const descendants = descendantsOf(pid, readAllProcesses());
    this.signal('SIGKILL');
    await this.ended;
    await killProcesses(descendants);
  }

  private signal(signal: NodeJS.Signals): void {
    // Node holds the pid until it has seen the end, so this cannot hit anybody else.
    if (!this.hasEnded) this.child.kill(signal);
  }

  private record(): void {
    const row = this.child.pid === undefined ? undefined : readProcess(this.child.pid);
    if (row === undefined) return;
    const { pid, startedAt } = row;
    this.program.ledger.add({ pid, startedAt, name: 'MediaMTX', stopSignal: 'SIGTERM' });
  }

  private async untilEnd(): Promise<Exit> {
    const exit = await new Promise<Exit>((resolve) => {
      this.child.once('error', () => resolve({ code: null, signal: null }));
      // Not `close`: a command that it has started may hold the pipes open.
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.hasEnded = true;
    if (this.child.pid !== undefined) this.program.ledger.remove(this.child.pid);
    return exit;
  }
}

function after(ms: number, signal: AbortSignal): Promise<true> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
