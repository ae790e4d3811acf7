import { randomUUID } from 'node:crypto';
import { goDurationMs } from './go-duration.js';
import { ZERO_TIME, goTime } from './go-time.js';
import { type ConfiguredPath } from './path-body.js';
import { type SourceBehaviour } from './source-behaviour.js';
import { type Session, StaticSource } from './static-source.js';
import { type Timings } from './timings.js';
import { isStaticSource, sourceType } from './validate-source.js';

/** What the simulated camera sends, in the shape of a small test camera. */
const TRACK = {
  codec: 'H264',
  codecProps: { width: 640, height: 360, profile: 'Baseline', level: '3' },
};

/** A path as it lives: what `/v3/paths/list` shows. */
export class RuntimePath {
  private readonly source: StaticSource | null;
  private readerIds: string[] = [];
  /** On demand only: readers that wait for the source, and until when they are ready to. */
  private waiting: { readers: number; until: number } | null = null;
  /** On demand only: when the source stops because nobody reads it. */
  private closesAt: number | null = null;

  constructor(
    readonly name: string,
    public conf: ConfiguredPath,
    behaviour: SourceBehaviour,
    timings: Timings,
    at: number,
  ) {
    const { source, sourceOnDemand } = conf.values;
    this.source = isStaticSource(source)
      ? new StaticSource(behaviour, timings, () => this.lost())
      : null;
    if (!sourceOnDemand) this.source?.start(at);
  }

  behave(behaviour: SourceBehaviour, at: number): void {
    this.advance(at);
    this.source?.behave(behaviour, at);
  }

  dropSource(at: number): void {
    this.advance(at);
    this.source?.drop(at);
  }

  /** Readers come and go; an idle source on demand starts with the first of them. */
  setReaders(count: number, at: number): void {
    const session = this.advance(at);
    if (session === null) {
      this.wait(count, at);
      return;
    }
    this.readerIds.length = Math.min(this.readerIds.length, count);
    while (this.readerIds.length < count) this.readerIds.push(randomUUID());
    this.source?.serve(session, count, at);
    this.closesAt = count === 0 ? this.closeAfter(at) : null;
  }

  describe(at: number): object {
    const session = this.advance(at);
    const availableTime = session === null ? null : goTime(session.availableAt);
    const isAvailable = session !== null;
    const inbound = session?.inbound.at(at) ?? 0;
    const outbound = session?.outbound.at(at) ?? 0;
    return {
      name: this.name,
      confName: this.conf.name,
      ready: isAvailable,
      readyTime: availableTime,
      available: isAvailable,
      availableTime,
      ...this.describeSource(),
      tracks: isAvailable ? [TRACK.codec] : [],
      tracks2: isAvailable ? [TRACK] : [],
      readers: [...this.readerIds].sort().map((id) => ({ type: 'rtspSession', id })),
      inboundBytes: inbound,
      outboundBytes: outbound,
      inboundFramesInError: 0,
      bytesReceived: inbound,
      bytesSent: outbound,
    };
  }

  /** `online` is true for any source, reachable or not: that is how the server answers. */
  private describeSource(): object {
    const type = sourceType(this.conf.values.source);
    if (type === null) return { online: false, onlineTime: null, source: null };
    const lastAt = this.source?.lastAvailableAt ?? null;
    const onlineTime = lastAt === null ? ZERO_TIME : goTime(lastAt + 0.004);
    return { online: true, onlineTime, source: { type, id: '' } };
  }

  private wait(count: number, at: number): void {
    if (!this.conf.values.sourceOnDemand || this.source === null) return;
    const until = at + goDurationMs(this.conf.values.sourceOnDemandStartTimeout);
    this.waiting = count === 0 ? null : { readers: count, until };
    if (count > 0) this.source.start(at);
  }

  private closeAfter(at: number): number | null {
    const { sourceOnDemand, sourceOnDemandCloseAfter } = this.conf.values;
    return sourceOnDemand ? at + goDurationMs(sourceOnDemandCloseAfter) : null;
  }

  private advance(at: number): Session | null {
    if (this.source === null) return null;
    const session = this.source.current(at);
    if (session !== null) this.admit(session);
    else if (isOver(this.waiting?.until, at)) this.idle();
    if (isOver(this.closesAt, at)) this.idle();
    return this.source.current(at);
  }

  private admit(session: Session): void {
    if (this.waiting === null) return;
    const { readers } = this.waiting;
    this.waiting = null;
    this.setReaders(readers, session.availableAt);
  }

  private idle(): void {
    this.source?.stop();
    this.waiting = null;
    this.closesAt = null;
    this.readerIds = [];
  }

  /** A lost source cuts its readers; on demand it stays idle until the next one comes. */
  private lost(): void {
    this.readerIds = [];
    this.closesAt = null;
    if (this.conf.values.sourceOnDemand) this.idle();
  }
}

const isOver = (deadline: number | null | undefined, at: number): boolean =>
  deadline !== null && deadline !== undefined && at >= deadline;
