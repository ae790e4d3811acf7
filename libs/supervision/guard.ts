import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { type RecordedChild } from './end-processes.js';

const GUARD_MAIN = fileURLToPath(new URL('./guard-main.js', import.meta.url));
const RESTART_DELAY_MS = 500;
/** Longer than the guard takes to end what does not end by itself. */
const STOP_WAIT_MS = 7_000;

/** The supervisor's side of the guard: keeps one running and tells it who the children are. */
export class Guard {
  private guard: ChildProcess | undefined;
  private children: readonly RecordedChild[] = [];
  private isStopping = false;

  start(): void {
    const guard = spawn(process.execPath, [GUARD_MAIN], {
      // A session of its own: a signal to our group or terminal must not reach it.
      detached: true,
      // A folder that it sits in could not be unmounted or removed.
      cwd: '/',
      // It must not keep our output open, or whoever reads that would wait for it.
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.stdin.on('error', () => undefined);
    guard.on('error', () => undefined);
    guard.on('exit', () => {
      this.guard = undefined;
      if (!this.isStopping) setTimeout(() => this.restart(), RESTART_DELAY_MS).unref();
    });
    this.guard = guard;
    this.tell(this.children);
  }

  tell(children: readonly RecordedChild[]): void {
    this.children = children;
    this.guard?.stdin?.write(`${JSON.stringify(children)}\n`);
  }

  /** Lets it go. It ends by itself, after ending whatever is still on its list. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const { guard } = this;
    if (guard === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        guard.kill('SIGKILL');
      }, STOP_WAIT_MS);
      guard.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      guard.stdin?.end();
    });
  }

  private restart(): void {
    if (!this.isStopping) this.start();
  }
}
