/**
 * Keeps what the next MediaMTX of the node boots with at what is wanted: every start, patch, park and
 * stop, within one tick. Nothing is sent when nothing has changed, and a tick never waits for it.
 *
 * It is held back while the node serves paths that the database knows nothing of: a wrong or empty
 * database must not switch a site off, at the next restart either.
 */
import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { type Fence } from '../domain/ports/node-leases.js';
import { NodeAgent } from '../domain/ports/node-agent.js';
import { StreamRepository } from '../domain/ports/stream-repository.js';
import { type StreamState, isWanted } from '../domain/stream.js';
import { HeldLease } from './held-lease.js';
import { NodeMemory } from './node-memory.js';
import { NodeState } from './node-state.js';
import { type HeardReport } from './read-agent.js';
import { StreamingSettings } from './streaming-settings.js';

type Wanted = Pick<StreamState, 'id' | 'path' | 'generation'>;

@Injectable()
export class KeepBootFile {
  private readonly stopping = new AbortController();
  private underWay: Promise<void> | null = null;

  constructor(
    private readonly agent: NodeAgent,
    private readonly streams: StreamRepository,
    private readonly memory: NodeMemory,
    private readonly node: NodeState,
    private readonly lease: HeldLease,
    private readonly settings: StreamingSettings,
  ) {}

  /**
   * Returns at once.
   * @param rows the working set
   * @param report of this tick; null: there is nobody to tell
   */
  execute(rows: readonly StreamState[], report: HeardReport | null, fence: Fence): void {
    if (report === null || this.underWay !== null || this.stopping.signal.aborted) {
      return;
    }
    if (revisionOf(rows.filter(isWanted)) === report.wantedRevision) {
      this.node.agent.bootFileIsCurrent();
    } else if (this.memory.orphansSinceMs.size > 0) {
      this.node.agent.bootFileIsStale('the node serves paths that have no stream in the database');
    } else {
      this.underWay = this.tell(report.wantedRevision, fence)
        .catch((err: unknown) => {
          this.node.agent.bootFileIsStale('the database cannot be read', { err });
        })
        .finally(() => {
          this.underWay = null;
        });
    }
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.underWay;
  }

  /** Read anew: rows that were asked for since the look are in no working set. */
  private async tell(known: string | null, fence: Fence): Promise<void> {
    const { nodeId, pathPrefix: prefix } = this.settings;
    const wanted = await this.streams.wantedSpecs(nodeId);
    const revision = revisionOf(wanted);
    if (revision === known || this.lease.current?.epoch !== fence.epoch) {
      return;
    }
    const paths = new Map(wanted.map(({ path, spec }) => [path, spec]));
    const outcome = await this.agent.put({ prefix, revision, paths }, this.stopping.signal);
    if (outcome.kind === 'accepted') {
      this.node.agent.bootFileIsCurrent();
    } else if (!this.stopping.signal.aborted) {
      this.node.agent.bootFileIsStale(outcome.cause);
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
