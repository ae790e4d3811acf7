import { type Stream, type StreamDetails } from '#api-client/client.js';

import { ageOf } from './age.js';
import { fields, table } from './table.js';

/** SINCE is how long nothing about the stream has changed. */
export function streamTable(streams: readonly Stream[], now: Date): string[] {
  return table(
    ['ID', 'CAMERA', 'STATUS', 'REASON', 'HEALTH', 'SINCE'],
    streams.map(({ id, cameraId, status, reason, health, updatedAt }) => {
      return [id, cameraId, status, reason, health, ageOf(updatedAt, now)];
    }),
  );
}

/** What one wants to know of a stream that was just started. */
export function startedLines(stream: Stream): string[] {
  const { cameraId, id, playback } = stream;
  return fields([
    ['camera', cameraId],
    ['id', id],
    ['status', statusOf(stream)],
    ...errorOf(stream),
    ['webrtc', playback.webrtc],
    ['hls', playback.hls],
    ['rtsp', playback.rtsp],
  ]);
}

export function detailLines(stream: StreamDetails, now: Date): string[] {
  const { labels, playback, connectionQuality, reconnects, reconnectsLastHour, lastOutage } =
    stream;
  const ago = (instant: string | null) =>
    instant === null ? null : `${instant}, ${ageOf(instant, now) ?? ''} ago`;
  return fields([
    ['id', stream.id],
    ['camera', stream.cameraId],
    ['source', stream.source],
    ['wanted', stream.desired],
    ['status', statusOf(stream)],
    ...errorOf(stream),
    ['health', stream.health],
    ['connection', connectionQuality],
    ['reconnects', `${reconnects} (${reconnectsLastHour} in the last hour)`],
    [
      'last outage',
      lastOutage && `${lastOutage.startedAt}, ${Math.round(lastOutage.durationMs / 1_000)} s`,
    ],
    ['node', `${stream.nodeId}, as ${stream.path}`],
    ['transport', `${stream.transport}${stream.onDemand ? ', on demand' : ''}`],
    [
      'labels',
      Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ') || null,
    ],
    ['created', ago(stream.createdAt)],
    ['first ran', ago(stream.startedAt)],
    ['stopped', ago(stream.stoppedAt)],
    ['changed', ago(stream.updatedAt)],
    ['looked at', ago(stream.observedAt)],
    ['generation', String(stream.generation)],
    ['webrtc', playback.webrtc],
    ['hls', playback.hls],
    ['rtsp', playback.rtsp],
  ]);
}

export function statusOf({ status, reason }: Pick<Stream, 'status' | 'reason'>): string {
  return reason === null ? status : `${status} (${reason})`;
}

function errorOf({ error }: Stream): (readonly [string, string])[] {
  return error === null ? [] : [['error', error.message]];
}
