/**
 * Where a start goes: to its camera's last node while that has room, else to the node with most room.
 *
 * Counted in the statement that starts, which locks nothing for it: of starts that run at the same
 * moment none sees the other, so that a node may end up fuller than its capacity by as many as run
 * together, less one. A lock would have all starts wait for each other to spare a node a few paths.
 */
import { type Place } from '../../domain/ports/stream-repository.js';

/** What is active or still to be removed takes room, but for what the camera itself leaves behind. */
function placeSql(cameraId: string, ids: string, capacities: string): string {
  return `
  SELECT p.id FROM unnest(${ids}::text[], ${capacities}::int[]) AS p (id, capacity)
  CROSS JOIN LATERAL (
    SELECT count(*) AS taken FROM streams
    WHERE node_id = p.id AND (desired = 'RUNNING' OR removal_pending) AND camera_id <> ${cameraId}
  ) u
  WHERE p.capacity IS NULL OR u.taken < p.capacity
  ORDER BY p.id IS NOT DISTINCT FROM
      (SELECT node_id FROM streams WHERE camera_id = ${cameraId} ORDER BY id DESC LIMIT 1) DESC,
    p.capacity - u.taken DESC NULLS FIRST, p.id COLLATE "C"
  LIMIT 1`;
}

/** For a start: $2 is the camera, $3 the nodes, $12 what each may be given. */
export const PLACE = placeSql('$2', '$3', '$12');

/** Answers no row when every node is full. $1 is the camera, $2 the nodes, $3 their capacities. */
export const HAS_ROOM_SQL = placeSql('$1', '$2', '$3');

/** The one place there is, when it is without a limit: nothing has to be counted. */
export function onlyPlace(places: readonly Place[]): string | null {
  const [first, ...others] = places;
  return first?.capacity === null && others.length === 0 ? first.nodeId : null;
}

export function placeParameters(places: readonly Place[]): [string[], (number | null)[]] {
  return [places.map(({ nodeId }) => nodeId), places.map(({ capacity }) => capacity)];
}
