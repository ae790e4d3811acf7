/** A row of the in-memory repository, and what start, stop and an observation make of it. */
import {
  type LastError,
  type NewStream,
  type StreamRecord,
} from '#streaming/domain/ports/stream-repository.js';
import { Reason } from '#streaming/domain/reason.js';
import { type SourceUrl } from '#streaming/domain/source-url.js';
import { type StreamChange, type StreamState } from '#streaming/domain/stream.js';
import { type Transport } from '#streaming/domain/stream-status.js';

export interface StreamRow {
  readonly state: StreamState;
  readonly nodeId: string;
  readonly source: SourceUrl;
  readonly transport: Transport;
  readonly labels: Readonly<Record<string, string>>;
  readonly lastError: LastError | null;
  readonly intentAtMs: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly stoppedAt: Date | null;
  readonly updatedAt: Date;
}

export interface Time {
  readonly now: Date;
  readonly monotonicMs: number;
}

export function newRow(
  stream: NewStream,
  { nodeId, reason }: { nodeId: string; reason: string | null },
  time: Time,
): StreamRow {
  const { id, cameraId, path, onDemand, source, transport, labels } = stream;
  return {
    state: {
      id,
      cameraId,
      path,
      onDemand,
      desired: 'RUNNING',
      status: 'STARTING',
      reason,
      generation: 1,
      appliedGeneration: 0,
      parkedGeneration: null,
      removalPending: false,
      reconnects: 0,
      version: 1,
    },
    nodeId,
    source,
    transport,
    labels,
    lastError: null,
    intentAtMs: time.monotonicMs,
    createdAt: time.now,
    startedAt: null,
    stoppedAt: null,
    updatedAt: time.now,
  };
}

export function stoppedRow(row: StreamRow, time: Time): StreamRow {
  return {
    ...row,
    state: {
      ...row.state,
      desired: 'STOPPED',
      status: 'STOPPED',
      reason: Reason.removalPending,
      removalPending: true,
      generation: row.state.generation + 1,
      version: row.state.version + 1,
    },
    intentAtMs: time.monotonicMs,
    stoppedAt: time.now,
    updatedAt: time.now,
  };
}

/** Only what an observation may write; intents and identity stay. */
export function withChange(row: StreamRow, { to, errorCode }: StreamChange, now: Date): StreamRow {
  const { status, reason, appliedGeneration, parkedGeneration, removalPending, reconnects } = to;
  return {
    ...row,
    state: {
      ...row.state,
      status,
      reason,
      appliedGeneration,
      parkedGeneration,
      removalPending,
      reconnects,
      version: row.state.version + 1,
    },
    lastError: errorCode === null ? row.lastError : { code: errorCode, at: now },
    startedAt: row.startedAt ?? (status === 'RUNNING' ? now : null),
    updatedAt: now,
  };
}

export function toRecord(row: StreamRow, lookAgeMs: number | null, now: Date): StreamRecord {
  const { state, source } = row;
  return {
    id: state.id,
    cameraId: state.cameraId,
    nodeId: row.nodeId,
    path: state.path,
    sourceUrl: source.url,
    hasUserInfo: source.secret.userInfo !== null,
    hasQuery: source.secret.query !== null,
    onDemand: state.onDemand,
    transport: row.transport,
    labels: row.labels,
    desired: state.desired,
    status: state.status,
    reason: state.reason,
    lastError: row.lastError,
    removalPending: state.removalPending,
    reconnects: state.reconnects,
    generation: state.generation,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    stoppedAt: row.stoppedAt,
    updatedAt: row.updatedAt,
    observedAt: lookAgeMs === null ? null : new Date(now.getTime() - lookAgeMs),
    lookAgeMs,
    playback: PLAYBACK,
  };
}

export const PLAYBACK = {
  hls: 'http://127.0.0.1:8888',
  webrtc: 'http://127.0.0.1:8889',
  rtsp: 'rtsp://127.0.0.1:8554',
};
