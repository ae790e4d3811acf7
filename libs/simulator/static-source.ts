/**
 * A pulled source: dials, holds one session at a time, pauses after each failure and dials again.
 * It has no timers. State is derived from the clock whenever somebody asks, so a simulator that is
 * dropped leaves nothing behind, and a late look sees the same history as an early one.
 */
import { ByteCounter } from './byte-counter.js';
import { type SourceBehaviour } from './source-behaviour.js';
import { INBOUND_BYTES_PER_MS, type Timings } from './timings.js';

export interface Session {
  readonly availableAt: number;
  readonly inbound: ByteCounter;
  readonly outbound: ByteCounter;
  readers: number;
}

export class StaticSource {
  private session: Session | null = null;
  private dialAt: number | null = null;
  private frozenAt: number | null = null;
  private lastSessionAt: number | null = null;

  constructor(
    private behaviour: SourceBehaviour,
    private readonly timings: Timings,
    private readonly onLost: () => void,
  ) {}

  start(at: number): void {
    if (this.dialAt === null && this.session === null) this.dialAt = at;
  }

  stop(): void {
    this.session = null;
    this.dialAt = null;
    this.frozenAt = null;
  }

  /** The running session, after everything that has happened up to `at`. */
  current(at: number): Session | null {
    if (this.frozenAt !== null && at >= this.frozenAt + this.timings.noDataTimeoutMs) {
      this.lose(this.frozenAt + this.timings.noDataTimeoutMs);
    }
    if (this.session === null && this.dialAt !== null) this.dial(this.dialAt, at);
    return this.session;
  }

  /** When the source last became available; the server keeps showing it after a loss. */
  get lastAvailableAt(): number | null {
    return this.lastSessionAt;
  }

  behave(behaviour: SourceBehaviour, at: number): void {
    this.current(at);
    const before = this.behaviour;
    if (behaviour === before) return;
    this.behaviour = behaviour;
    this.frozenAt = null;
    // A thawed camera answers the dial that has been waiting all along; others wait for the tick.
    if (before === 'frozen' && this.dialAt !== null) this.dialAt = at;
    if (this.session === null) return;
    if (behaviour === 'frozen') this.frozenAt = at;
    if (behaviour === 'dead') this.lose(at);
    else this.flow(this.session, at);
  }

  /** Every reader gets what comes in. */
  serve(session: Session, readers: number, at: number): void {
    session.readers = readers;
    this.flow(session, at);
  }

  /** The camera ends its stream and takes it up again at the next dial. */
  drop(at: number): void {
    if (this.current(at) !== null) this.lose(at);
  }

  private dial(firstAt: number, at: number): void {
    const { retryPauseMs, connectMs, firstByteMs } = this.timings;
    if (this.behaviour === 'dead' || this.behaviour === 'frozen') {
      const missed = Math.max(0, Math.floor((at - firstAt) / retryPauseMs) + 1);
      this.dialAt = firstAt + missed * retryPauseMs;
      return;
    }
    const availableAt = firstAt + connectMs;
    if (at < availableAt) return;
    const counters = { inbound: new ByteCounter(), outbound: new ByteCounter() };
    this.session = { availableAt, ...counters, readers: 0 };
    this.lastSessionAt = availableAt;
    this.dialAt = null;
    this.flow(this.session, availableAt + firstByteMs);
  }

  private flow(session: Session, at: number): void {
    const rate = this.behaviour === 'live' ? INBOUND_BYTES_PER_MS : 0;
    session.inbound.setRate(rate, Math.max(at, session.availableAt + this.timings.firstByteMs));
    session.outbound.setRate(rate * session.readers, at);
  }

  private lose(at: number): void {
    this.session = null;
    this.frozenAt = null;
    this.dialAt = at + this.timings.retryPauseMs;
    this.onLost();
  }
}
