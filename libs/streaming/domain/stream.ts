/**
 * The stream: one camera being ingested, from start to stop.
 *
 * The entity owns its transitions. Callers tell it what was observed; it decides what changes, and
 * `change()` answers the difference to what was loaded, with at most one event. Nothing here knows
 * how a change is saved: an observation that lost a race is simply not saved, and its event with it.
 */
import { IllegalTransition } from './stream.errors.js';
import { IMMEDIATE_ERRORS, Reason } from './reason.js';
import { type Desired, type StreamStatus } from './stream-status.js';

/** What the lifecycle needs to know of a row: no source, no labels. */
export interface StreamState {
  readonly id: string;
  readonly cameraId: string;
  readonly path: string;
  readonly onDemand: boolean;
  readonly desired: Desired;
  readonly status: StreamStatus;
  readonly reason: string | null;
  /** Counts intents. */
  readonly generation: number;
  /** The newest generation that MediaMTX is known to have accepted. */
  readonly appliedGeneration: number;
  /** The generation whose password the camera has refused; null when none was. */
  readonly parkedGeneration: number | null;
  readonly removalPending: boolean;
  readonly reconnects: number;
  /** Counts every change of the row. */
  readonly version: number;
}

/** Whether the node should have the path. */
export function isWanted({ desired, parkedGeneration, generation }: StreamState): boolean {
  return desired === 'RUNNING' && parkedGeneration !== generation;
}

export interface StreamEvent {
  readonly type: 'stream.status_changed' | 'stream.reason_changed';
  readonly fromStatus: StreamStatus;
  readonly toStatus: StreamStatus;
  readonly reason: string | null;
}

/** What must be written, guarded by `from.version`. */
export interface StreamChange {
  readonly from: StreamState;
  readonly to: StreamState;
  /** Set when this change makes the stream an ERROR, or an ERROR of another kind. */
  readonly errorCode: string | null;
  readonly event: StreamEvent | null;
}

export class Stream {
  private state: StreamState;
  private errorCode: string | null = null;

  constructor(private readonly loaded: StreamState) {
    this.state = loaded;
  }

  get snapshot(): StreamState {
    return this.state;
  }

  get isActive(): boolean {
    return this.state.desired === 'RUNNING';
  }

  /** Taken out of the node, so that the camera does not lock the account, until something changes. */
  get isParked(): boolean {
    return this.isActive && !isWanted(this.state);
  }

  /** Media flows. */
  observedRunning(): void {
    this.becomeRunning(null);
  }

  /** On demand and configured as wanted: healthy, whether anybody watches or not. */
  observedReady(hasMedia: boolean): void {
    this.becomeRunning(hasMedia ? null : Reason.awaitingViewer);
  }

  /** The path is gone, or confirmed silent. */
  observedLost(): void {
    this.move('STARTING', Reason.reconnecting);
  }

  /** Conclusively broken, for a reason that has a code. */
  failed(code: string): void {
    if (this.state.status === 'ERROR' && this.state.reason === code) {
      return;
    }
    if (this.state.status === 'RUNNING' && !IMMEDIATE_ERRORS.has(code)) {
      throw new IllegalTransition(this.state.status, 'ERROR', code);
    }
    this.move('ERROR', code);
    this.errorCode = code;
  }

  /** The camera refuses the password: nobody may try it again. */
  parked(): void {
    this.failed(Reason.sourceAuthFailed);
    this.state = { ...this.state, parkedGeneration: this.state.generation };
  }

  /** MediaMTX accepted this generation. */
  applied(generation: number): void {
    if (generation <= this.state.appliedGeneration) {
      return;
    }
    const reason = this.state.reason === Reason.nodeUnreachable ? null : this.state.reason;
    this.state = { ...this.state, appliedGeneration: generation, reason };
  }

  /** The start could not be carried to the node yet; only a stream that has no better reason says so. */
  nodeUnreachable(): void {
    if (this.state.status === 'STARTING' && this.state.reason === null) {
      this.state = { ...this.state, reason: Reason.nodeUnreachable };
    }
  }

  /** The path of a stopped stream is seen to be gone, or belongs to a newer stream by now. */
  removed(): void {
    if (this.isActive) {
      throw new IllegalTransition(this.state.status, 'removed', null);
    }
    if (this.state.removalPending) {
      this.state = { ...this.state, removalPending: false, reason: null };
    }
  }

  /** What differs from what was loaded; null when nothing does. */
  change(): StreamChange | null {
    if (this.state === this.loaded) {
      return null;
    }
    return { from: this.loaded, to: this.state, errorCode: this.errorCode, event: this.event() };
  }

  private becomeRunning(reason: string | null): void {
    if (this.state.status !== 'RUNNING') {
      const isReconnect = this.state.reason === Reason.reconnecting;
      this.move('RUNNING', reason);
      this.state = { ...this.state, reconnects: this.state.reconnects + (isReconnect ? 1 : 0) };
    } else if (this.state.reason !== reason) {
      this.state = { ...this.state, reason };
    }
  }

  private move(to: StreamStatus, reason: string | null): void {
    if (!this.isActive || !ALLOWED[this.state.status].has(to)) {
      throw new IllegalTransition(this.state.status, to, reason);
    }
    this.state = { ...this.state, status: to, reason };
  }

  private event(): StreamEvent | null {
    const { status: fromStatus, reason: fromReason } = this.loaded;
    const { status: toStatus, reason } = this.state;
    if (fromStatus !== toStatus) {
      return { type: 'stream.status_changed', fromStatus, toStatus, reason };
    }
    if (toStatus === 'ERROR' && fromReason !== reason) {
      return { type: 'stream.reason_changed', fromStatus, toStatus, reason };
    }
    return null;
  }
}

/**
 * Which status may follow which by observation. STOPPED is reached by `stop` alone, in the
 * repository, and nothing leads out of it.
 */
const ALLOWED: Readonly<Record<StreamStatus, ReadonlySet<StreamStatus>>> = {
  STARTING: new Set(['RUNNING', 'ERROR']),
  RUNNING: new Set(['STARTING', 'ERROR']),
  ERROR: new Set(['RUNNING', 'ERROR']),
  STOPPED: new Set(),
};
