import { type NewStream } from '#streaming/domain/ports/stream-repository.js';

import { type StreamRow } from './stream-rows.js';

/** Where the in-memory repository puts a stream, as the SQL does; null when all are full. */
export function placeOf(
  { cameraId, places }: NewStream,
  newestFirst: readonly StreamRow[],
): string | null {
  const last = newestFirst.find(({ state }) => state.cameraId === cameraId)?.nodeId;
  const withRoom = places
    .map(({ nodeId, capacity }) => ({
      nodeId,
      isLast: nodeId === last,
      room: (capacity ?? Number.POSITIVE_INFINITY) - takenOn(nodeId, cameraId, newestFirst),
    }))
    .filter(({ room }) => room > 0)
    .sort(
      (one, other) =>
        Number(other.isLast) - Number(one.isLast) ||
        (one.room === other.room ? 0 : other.room - one.room) ||
        (one.nodeId < other.nodeId ? -1 : 1),
    );
  return withRoom[0]?.nodeId ?? null;
}

function takenOn(nodeId: string, cameraId: string, rows: readonly StreamRow[]): number {
  return rows.filter(
    ({ state, ...row }) =>
      row.nodeId === nodeId &&
      state.cameraId !== cameraId &&
      (state.desired === 'RUNNING' || state.removalPending),
  ).length;
}
