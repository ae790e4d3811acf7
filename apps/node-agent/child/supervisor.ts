import { setTimeout as sleep } from 'node:timers/promises';

import { SystemClock } from '#kernel/clock.js';
import { Episode } from '#kernel/episode.js';
import { Backoff } from '#supervision/backoff.js';

import { type Boot, type BootFiles } from '../boot/boot-files.js';
import { ChildLog, type ChildLogParts } from '../log/child-log.js';
import { type AgentLog, episodeLog } from '../agent-log.js';
import { MediaMtxProcess, type Program } from './media-mtx-process.js';
import { RESTART_PACE } from './restart-pace.js';

export interface Supervision {
  readonly program: Program;
  readonly files: BootFiles;
  readonly parts: ChildLogParts;
  readonly log: AgentLog;
  /** When MediaMTX has ended without taking its file: every path is to be tried again. */
  readonly distrust: () => Promise<void>;
}

export interface ChildReport {
  readonly pid: number | null;
  readonly startedAt: string | null;
  readonly restarts: number;
  readonly lastExit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly at: string;
  } | null;
}

/** Too low: MediaMTX cannot say goodbye to cameras. Too high: a service manager kills us first. */
export const GRACE_MS = 5_000;
/** An API that is off, or that says it in other words, is up by then. */
const ANNOUNCE_AFTER_MS = 1_000;
/** Too low: a full disk fills the log, too. Too high: cameras stay away after it was cleared. */
const RETRY_MS = 1_000;

/**
 * Keeps MediaMTX running: started again whatever its exit code says (it ends with 0 on a bad file),
 * each time with the file that is ready by then. `stop` wins over everything: once it was called,
 * nothing is started any more.
 */
export class Supervisor {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff(RESTART_PACE);
  private child: MediaMtxProcess | null = null;
  private childLog: ChildLog | null = null;
  private startedAt: string | null = null;
  private starts = 0;
  private lastExit: ChildReport['lastExit'] = null;
  private boot: Boot | null = null;
  private distrusted: string | null = null;
  private keeping: Promise<void> | null = null;

  /** A full disk, most likely: no file, no start. */
  private readonly notStarted: Episode;

  constructor(private readonly supervision: Supervision) {
    this.notStarted = new Episode(episodeLog(supervision.log), new SystemClock(), {
      begins: 'MediaMTX cannot be started; trying again',
      ends: 'MediaMTX can be started again',
      level: 'error',
    });
  }

  start(): void {
    this.keeping ??= this.keep();
  }

  /** @param signal is handed on to MediaMTX */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.stopping.abort();
    const how = await this.child?.stop(signal, GRACE_MS);
    if (how === 'killed') this.supervision.log.warn('MediaMTX did not stop in time: killed');
    await this.keeping;
  }

  async kill(): Promise<void> {
    this.stopping.abort();
    await this.child?.kill();
  }

  get version(): string | null {
    return this.childLog?.version ?? null;
  }

  get bootRevision(): string | null {
    return this.boot?.revision ?? null;
  }

  report(): ChildReport {
    const pid = this.child?.pid ?? null;
    return {
      pid,
      startedAt: pid === null ? null : this.startedAt,
      restarts: Math.max(0, this.starts - 1),
      lastExit: this.lastExit,
    };
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keep(): Promise<void> {
    while (!this.isStopping()) {
      try {
        await this.liveOnce();
      } catch (err) {
        this.notStarted.begin({ err });
        await this.pause(RETRY_MS);
      }
    }
  }

  private async liveOnce(): Promise<void> {
    const { files, log } = this.supervision;
    const boot = await files.take();
    if (this.isStopping()) return;
    const { child, childLog } = this.launch(boot);
    this.notStarted.end();
    files.restock().catch((err: unknown) => log.warn({ err }, 'the next file is not ready yet'));
    const announce = setTimeout(() => childLog.announce(), ANNOUNCE_AFTER_MS);
    const exit = await child.ended;
    clearTimeout(announce);
    this.lastExit = { ...exit, at: new Date().toISOString() };
    this.supervision.parts.watched.allStopped();
    this.supervision.parts.forwarder.flush();
    if (this.isStopping()) return;
    const delayMs = this.backoff.nextDelayMs(child.uptimeMs);
    log.warn({ ...exit, delayMs }, 'MediaMTX has ended; it is started again');
    if (!childLog.hasLoaded) await this.tryAgain(boot);
    await this.pause(delayMs);
  }

  private launch(boot: Boot & { readonly file: string }): {
    child: MediaMtxProcess;
    childLog: ChildLog;
  } {
    const { program, parts, log } = this.supervision;
    const childLog = new ChildLog(parts);
    const child = new MediaMtxProcess(program, boot.file, childLog);
    this.child = child;
    this.childLog = childLog;
    this.boot = boot;
    this.starts += 1;
    this.startedAt = new Date().toISOString();
    const restarts = this.starts - 1;
    log.info({ pid: child.pid, revision: boot.revision, restarts }, 'MediaMTX is started');
    return { child, childLog };
  }

  /** Once per file: what is wrong may lie elsewhere, and trials cost more than a start. */
  private async tryAgain({ text }: Boot): Promise<void> {
    if (this.distrusted === text) return;
    this.distrusted = text;
    await this.supervision.distrust();
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
