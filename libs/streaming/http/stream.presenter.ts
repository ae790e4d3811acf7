import { playbackUrls } from '../domain/camera-path.js';
import { type Connection, type Outage } from '../domain/connection-quality.js';
import {
  type LastError,
  type StreamEventRecord,
  type StreamRecord,
} from '../domain/ports/stream-repository.js';
import { explain } from '../domain/reason.js';
import { redactedSourceUrl } from '../domain/source-url.js';
import { healthOf } from '../domain/stream-status.js';
import { type StreamBody, type StreamDetailsBody, type StreamEventBody } from './stream.schema.js';

/** A row as a caller sees it. */
export function presentStream(stream: StreamRecord): StreamBody {
  const lastError = stream.lastError === null ? null : presentError(stream.lastError);
  return {
    id: stream.id,
    cameraId: stream.cameraId,
    source: redactedSourceUrl(stream.sourceUrl, {
      userInfo: stream.hasUserInfo,
      query: stream.hasQuery,
    }),
    onDemand: stream.onDemand,
    transport: stream.transport,
    labels: stream.labels,
    desired: stream.desired,
    status: stream.status,
    reason: stream.reason,
    health: healthOf(stream.status, stream.lookAgeMs),
    error: stream.status === 'ERROR' ? lastError : null,
    lastError,
    removalPending: stream.removalPending,
    path: stream.path,
    nodeId: stream.nodeId,
    playback: playbackUrls(stream.playback, stream.path),
    reconnects: stream.reconnects,
    generation: stream.generation,
    createdAt: instant(stream.createdAt),
    startedAt: optionalInstant(stream.startedAt),
    stoppedAt: optionalInstant(stream.stoppedAt),
    updatedAt: instant(stream.updatedAt),
    observedAt: optionalInstant(stream.observedAt),
  };
}

/** With how well its connection holds. */
export function presentDetails(stream: StreamRecord, connection: Connection): StreamDetailsBody {
  const { quality, reconnectsLastHour, lastOutage } = connection;
  return {
    ...presentStream(stream),
    connectionQuality: quality,
    reconnectsLastHour,
    lastOutage: lastOutage === null ? null : presentOutage(lastOutage),
  };
}

function presentOutage({
  startedAt,
  endedAt,
  durationMs,
}: Outage): NonNullable<StreamDetailsBody['lastOutage']> {
  return {
    startedAt: instant(startedAt),
    endedAt: optionalInstant(endedAt),
    durationMs: Math.round(durationMs),
  };
}

export function presentEvent(event: StreamEventRecord): StreamEventBody {
  return { ...event, at: event.at.toISOString() };
}

function instant(at: Date): string {
  return at.toISOString();
}

function optionalInstant(at: Date | null): string | null {
  return at === null ? null : instant(at);
}

function presentError({ code, at }: LastError): NonNullable<StreamBody['error']> {
  return {
    code,
    message: explain(code),
    at: at.toISOString(),
  };
}
