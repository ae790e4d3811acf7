/**
 * Keeps what the next MediaMTX of the node boots with at what is wanted: every start, patch, park and
 * stop, within one tick. Nothing is sent when nothing has changed, and a tick never waits for it.
 *
 * It is held back while the node serves paths that the database knows nothing of: a wrong or empty
 * database must not switch a site off, at the next restart either.
 */
import { createHash } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';

import { type Fence } from '../domain/ports/node-leases.js';
import { NodeAgent } from '../domain/ports/node-agent.js';
import { type PathSpec } from '../domain/ports/media-mtx-client.js';
import { StreamRepository, type WantedSpec } from '../domain/ports/stream-repository.js';
import { type StreamState, isWanted } from '../domain/stream.js';
import { HeldLease } from './held-lease.js';
import { NodeMemory } from './node-memory.js';
import { type HeardReport } from './read-agent.js';
import { StreamingSettings } from './streaming-settings.js';

type Wanted = Pick<StreamState, 'id' | 'path' | 'generation'>;

@Injectable()
export class KeepBootFile {
  private readonly logger = new Logger('Node');
  private readonly stopping = new AbortController();
  private underWay: Promise<void> | null = null;
  private hasSaidFailure = false;

  constructor(
    private readonly agent: NodeAgent,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly lease: HeldLease,
    private readonly settings: StreamingSettings,
  ) {}

  /**
   * Returns at once.
   * @param rows the working set
   * @param report of this tick; null: there is nobody to tell
   */
  execute(rows: readonly StreamState[], report: HeardReport | null, fence: Fence): void {
    const isHeldBack = this.memory.orphansSinceMs.size > 0 || this.stopping.signal.aborted;
    if (report === null || this.underWay !== null || isHeldBack) {
      return;
    }
    if (revisionOf(rows.filter(isWanted)) === report.wantedRevision) {
      this.hasSaidFailure = false;
      return;
    }
    this.underWay = this.tell(report.wantedRevision, fence)
      .catch((err: unknown) => this.failed({ err }))
      .finally(() => {
        this.underWay = null;
      });
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.underWay;
  }

  /** Read anew: rows that were asked for since the look are in no working set. */
  private async tell(known: string | null, fence: Fence): Promise<void> {
    const wanted = await this.streams.wantedSpecs(this.settings.nodeId);
    const revision = revisionOf(wanted);
    if (revision === known || this.lease.current?.epoch !== fence.epoch) {
      return;
    }
    const outcome = await this.agent.put(
      { revision, paths: pathsOf(wanted) },
      this.stopping.signal,
    );
    if (outcome.kind === 'inconclusive') {
      this.failed({ cause: outcome.cause });
    } else {
      this.hasSaidFailure = false;
    }
  }

  private failed(what: object): void {
    if (!this.hasSaidFailure && !this.stopping.signal.aborted) {
      const { nodeId } = this.settings;
      this.logger.warn({ nodeId, ...what }, 'boot file not brought up to date; tried again');
      this.hasSaidFailure = true;
    }
  }
}

/** Of the form in which paths are sent: another one is another content. */
const FORM = 1;

/** Names the content without telling it: a generation of a stream has one source and one way to it. */
export function revisionOf(wanted: readonly Wanted[]): string {
  const lines = wanted.map(({ path, id, generation }) => `${path} ${id} ${generation}\n`).sort();
  const hash = createHash('sha256').update(lines.join('')).digest('hex');
  return `${FORM}-${hash.slice(0, 32)}`;
}

function pathsOf(wanted: readonly WantedSpec[]): ReadonlyMap<string, PathSpec> {
  return new Map(wanted.map(({ path, spec }) => [path, spec]));
}
