import { type StatusChange } from '../connection-quality.js';
import { type StreamChange, type StreamState } from '../stream.js';
import { type Desired, type StreamStatus, type Transport } from '../stream-status.js';
import { type PlaybackBases } from '../camera-path.js';
import { type SourceUrl } from '../source-url.js';
import { type Fence } from './node-leases.js';
import { type PathSpec } from './media-mtx-client.js';
import { type AwaitedSince } from './streaming-metrics.js';
import {
  type ExpectedGenerations,
  type PatchDecision,
  type RefusedChange,
  type RefusedPatch,
  type StreamPatch,
} from './stream-changes.js';

/** A node that a stream may be placed on. */
export interface Place {
  readonly nodeId: string;
  /** How many streams it may have, active or still to be removed; null: without a limit. */
  readonly capacity: number | null;
}

export interface NewStream {
  readonly id: string;
  readonly cameraId: string;
  /** Those to choose from, at least one. */
  readonly places: readonly Place[];
  readonly path: string;
  readonly source: SourceUrl;
  readonly onDemand: boolean;
  readonly transport: Transport;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LastError {
  readonly code: string;
  readonly at: Date;
}

/** A stream as it is read: the row, its node's playback bases and how old the last look is. */
export interface StreamRecord {
  readonly id: string;
  readonly cameraId: string;
  readonly nodeId: string;
  readonly path: string;
  /** Without user information and query. */
  readonly sourceUrl: string;
  readonly hasUserInfo: boolean;
  readonly hasQuery: boolean;
  readonly onDemand: boolean;
  readonly transport: Transport;
  readonly labels: Readonly<Record<string, string>>;
  readonly desired: Desired;
  readonly status: StreamStatus;
  readonly reason: string | null;
  readonly lastError: LastError | null;
  readonly removalPending: boolean;
  readonly reconnects: number;
  readonly generation: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly updatedAt: Date;
  /** When the node was last looked at successfully. */
  readonly observedAt: Date | null;
  readonly lookAgeMs: number | null;
  readonly playback: PlaybackBases;
}

/** A stream with the newest changes of its status, oldest first, at most MAX_STATUS_CHANGES. */
export interface StreamDetails {
  readonly stream: StreamRecord;
  readonly changes: readonly StatusChange[];
}

export type StartOutcome =
  | { readonly kind: 'started'; readonly stream: StreamRecord }
  | { readonly kind: 'busy'; readonly activeStreamId: string }
  | { readonly kind: 'no_room' };

export type PatchOutcome =
  | RefusedPatch
  | ({
      readonly kind: 'patched';
      readonly stream: StreamRecord;
      readonly previousStatus: StreamStatus;
    } & PatchDecision);

/** A path has its name on one node only. */
export interface PlacedPath {
  readonly nodeId: string;
  readonly path: string;
}

export type PreviewOutcome =
  RefusedPatch | ({ readonly kind: 'previewed' } & PlacedPath & PatchDecision);

export type RetryOutcome =
  | RefusedChange
  | {
      readonly kind: 'retried';
      readonly stream: StreamRecord;
      readonly previousStatus: StreamStatus;
      /** Its path was taken out of the node, and comes back by this. */
      readonly wasParked: boolean;
    };

export type StopOutcome =
  | Exclude<RefusedChange, { kind: 'stopped' }>
  | {
      readonly kind: 'stopped';
      readonly stream: StreamRecord;
      readonly previousStatus: StreamStatus;
      readonly hasStopped: boolean;
    };

export interface StreamFilter {
  readonly status?: StreamStatus | undefined;
  readonly cameraId?: string | undefined;
  /** All of them must be there. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface StreamPage {
  readonly limit: number;
  /** Only streams older than this id. */
  readonly beforeId: string | null;
}

export interface StreamEventRecord {
  readonly seq: string;
  readonly at: Date;
  readonly type: string;
  readonly fromStatus: StreamStatus | null;
  readonly toStatus: StreamStatus;
  readonly reason: string | null;
  readonly generation: number;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventPage {
  readonly limit: number;
  readonly beforeVersion: number | null;
}

/** What the newest row of a path wants of the node. */
export interface PathIntent {
  readonly state: StreamState;
  /** Null when the path should not exist. */
  readonly spec: PathSpec | null;
}

/** An observation that was saved. */
export interface SavedChange {
  readonly nodeId: string;
  /** With it became RUNNING, for how long that was waited for; null: it did not, or nobody knows. */
  readonly awaited: { readonly since: AwaitedSince; readonly ms: number } | null;
}

/** What a path was told to be: the newest generation, known to be accepted. */
export interface AppliedSpec {
  readonly streamId: string;
  readonly cameraId: string;
  readonly path: string;
  readonly spec: PathSpec;
}

/** What a path should be, whether the node knows of it or not. */
export interface WantedSpec {
  readonly id: string;
  readonly path: string;
  readonly generation: number;
  readonly spec: PathSpec;
}

/**
 * Streams and their events. Intents (start, patch, retry, stop) always win; observations are compare-and-set by
 * version, and what lost its race writes neither row nor event.
 */
export abstract class StreamRepository {
  /**
   * Row and event in one statement; a partial unique index decides who of many is first. Placed on
   * the camera's last node while that has room, else on the one with most room, the first by id of
   * equals. Starts that run at the same moment may overshoot a capacity, by one less than they are.
   */
  abstract start(stream: NewStream): Promise<StartOutcome>;
  abstract findById(id: string): Promise<StreamRecord | null>;
  abstract findDetails(id: string): Promise<StreamDetails | null>;
  /** Newest first. */
  abstract list(filter: StreamFilter, page: StreamPage): Promise<StreamRecord[]>;
  /** Newest first; null when there is no such stream. */
  abstract events(streamId: string, page: EventPage): Promise<StreamEventRecord[] | null>;
  /** Idempotent: a stopped stream is answered as it is, whatever is expected, and without an event. */
  abstract stop(id: string, expected?: ExpectedGenerations): Promise<StopOutcome>;
  /** Writes nothing when nothing differs; labels alone are no new generation and no event. */
  abstract patch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PatchOutcome>;
  /** What `patch` would do, decided by the same rules; neither writes nor locks. */
  abstract previewPatch(
    id: string,
    change: StreamPatch,
    expected: ExpectedGenerations,
  ): Promise<PreviewOutcome>;
  /** A new generation of what is wanted already. */
  abstract retry(id: string, expected: ExpectedGenerations): Promise<RetryOutcome>;
  /** The newest row of a path, with its source; null when there is none. */
  abstract intentFor(nodeId: string, path: string): Promise<PathIntent | null>;
  /**
   * Active or removal pending. Rows whose intent is newer than a look that began `lookAgeMs` ago are
   * left out: that look cannot speak about them.
   */
  abstract workingSet(nodeId: string, lookAgeMs: number): Promise<StreamState[]>;
  /** Of all active streams whose newest generation was applied, and which are not parked. */
  abstract appliedSpecs(nodeId: string): Promise<AppliedSpec[]>;
  /** Of all active streams that are not parked. */
  abstract wantedSpecs(nodeId: string): Promise<WantedSpec[]>;
  /** How long ago, in ms, each was asked for as it is now; no entry where there is no row. */
  abstract intentAges(ids: readonly string[]): Promise<Map<string, number>>;
  /** What the newest row of each path wants; no entry where there is no row. */
  abstract newestDesired(nodeId: string, paths: readonly string[]): Promise<Map<string, Desired>>;
  /**
   * One statement for all. With a fence, nothing is saved unless that lease is still held.
   * @returns by id those that were saved
   */
  abstract saveObserved(
    changes: readonly StreamChange[],
    fence: Fence | null,
  ): Promise<Map<string, SavedChange>>;
}
