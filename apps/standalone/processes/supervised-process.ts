import { setTimeout as sleep } from 'node:timers/promises';

import { Backoff } from '#supervision/backoff.js';
import { StartupFailure } from '#supervision/startup-failure.js';

import { type Terminal } from '../terminal.js';
import { RESTART_PACE } from './restart-pace.js';
import { RunningChild, type ChildOptions } from './running-child.js';

export interface Supervision extends ChildOptions {
  readonly terminal: Terminal;
  /** How long it may take from its spawn until it is ready. */
  readonly startTimeoutMs: number;
  /** How long it may take to stop before it is killed. */
  readonly graceMs: number;
  readonly isReady: () => Promise<boolean>;
  /** What the last lines of a child that did not come up mean, in one line. */
  readonly explain?: (tail: readonly string[]) => string | undefined;
}

const READY_POLL_MS = 50;

/**
 * Keeps one child running.
 *
 * Its first start is the stack's own: when it fails, the stack fails, with a reason. From then on
 * the child is started again whenever it ends, whatever its exit code says (MediaMTX ends with 0 on
 * a bad file), and a child that comes up but never gets ready is ended and tried again. `stop` wins
 * over everything: once it was called, nothing is started any more.
 */
export class SupervisedProcess {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff(RESTART_PACE);
  private child: RunningChild | undefined;
  private keeping: Promise<void> | undefined;

  constructor(private readonly supervision: Supervision) {}

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const child = this.launch();
    const outcome = await this.untilReady(child, signal);
    signal.throwIfAborted();
    if (outcome === 'ended') await child.ended;
    if (outcome !== 'ready') throw new StartupFailure(this.explainFailure(child, outcome));
    this.keeping = this.keep(child);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    const { terminal, name, graceMs } = this.supervision;
    const how = await this.child?.stop(graceMs);
    await this.keeping;
    if (how === 'killed') terminal.warn(`${name} did not stop within ${graceMs / 1000} s: killed`);
  }

  /** Ends it without asking: for a second Ctrl-C. */
  async kill(): Promise<void> {
    this.stopping.abort();
    await this.child?.kill();
  }

  private launch(): RunningChild {
    this.child = new RunningChild(this.supervision);
    return this.child;
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keep(first: RunningChild): Promise<void> {
    let child = first;
    for (;;) {
      const how = await child.ended;
      if (this.isStopping()) return;
      await this.pause(child, how);
      if (this.isStopping()) return;
      child = this.launch();
      await this.comeBack(child);
    }
  }

  private async pause(child: RunningChild, how: string): Promise<void> {
    const delayMs = this.backoff.nextDelayMs(child.uptimeMs);
    const { terminal, name } = this.supervision;
    terminal.warn(`${name} ended (${how}): starting it again in ${delayMs / 1000} s`);
    await sleep(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async comeBack(child: RunningChild): Promise<void> {
    const { terminal, name, startTimeoutMs } = this.supervision;
    const outcome = await this.untilReady(child, this.stopping.signal);
    if (outcome === 'ready') terminal.say(`${name} is up again (pid ${child.pid})`);
    if (outcome !== 'timeout' || this.isStopping()) return;
    terminal.warn(`${name} was not ready within ${startTimeoutMs / 1000} s: killed`);
    await child.kill();
  }

  private async untilReady(
    child: RunningChild,
    signal: AbortSignal,
  ): Promise<'ready' | 'ended' | 'timeout'> {
    const deadline = performance.now() + this.supervision.startTimeoutMs;
    while (!signal.aborted && performance.now() < deadline) {
      // The check is of a port or a file, so somebody else may answer it: only a child that still
      // runs after it has answered is ready.
      const isReady = await this.supervision.isReady();
      if (!child.isRunning) return 'ended';
      if (isReady) return 'ready';
      await sleep(READY_POLL_MS);
    }
    return 'timeout';
  }

  private explainFailure(child: RunningChild, outcome: 'ended' | 'timeout'): string {
    const { name, explain, startTimeoutMs, log } = this.supervision;
    const meaning = explain?.(child.tail);
    if (meaning !== undefined) return meaning;
    const what =
      outcome === 'ended' ? 'ended at once' : `was not ready within ${startTimeoutMs / 1000} s`;
    const last = child.tail.findLast((line) => line.trim() !== '');
    return `${name} ${what}${last === undefined ? '' : `: ${last.trim()}`} (its log: ${log.path})`;
  }
}
