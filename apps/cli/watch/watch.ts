import { setTimeout as delay } from 'node:timers/promises';

import { ApiRefused, ApiUnreachable, Interrupted } from '../api/failures.js';
import { problemOf } from '../failure-report.js';
import { statusOf } from '../output/stream-lines.js';
import { type Session } from '../session.js';
import { type Change, type Known, changesBetween } from './changes.js';
import { type Watched, look } from './look.js';

export interface WatchRequest {
  readonly watched: Watched;
  readonly intervalMs: number;
}

/**
 * Tells how each stream is, and then each change, until it is interrupted. An API that goes away
 * is waited for; one that is not there at the start is a wrong address more often than not.
 * @throws what the first look throws, and what later ones refuse
 */
export async function watch(
  session: Session,
  { watched, intervalMs }: WatchRequest,
): Promise<void> {
  const { api, interrupted } = session;
  let known: Known = new Map();
  let isAway = false;
  for (let looks = 0; !interrupted.aborted; looks += 1) {
    try {
      const seen = await look(api, watched, known);
      if (isAway) tellBack(session);
      isAway = false;
      changesBetween(known, seen.streams).forEach((change) => {
        tell(session, change);
      });
      known = seen.known;
    } catch (failure) {
      if (failure instanceof Interrupted) return;
      if (looks === 0 || !isOutage(failure)) throw failure;
      if (!isAway) tellAway(session, failure);
      isAway = true;
    }
    await delay(intervalMs, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

/** Nobody there, or nobody behind it: its database may be away. */
function isOutage(failure: unknown): boolean {
  return (
    failure instanceof ApiUnreachable ||
    (failure instanceof ApiRefused && failure.problem.status >= 500)
  );
}

function tell({ terminal, isJson, now }: Session, { id, cameraId, from, to }: Change): void {
  const at = now().toISOString();
  if (isJson) {
    terminal.jsonLine({ at, id, cameraId, from, to });
    return;
  }
  const status = pair(from === null ? undefined : statusOf(from), statusOf(to));
  const health = pair(from?.health, to.health);
  terminal.say(`${at}  ${cameraId}  ${status}  ${health}  ${id}`);
}

/** Both sides of a change, and what did not change once. */
function pair(before: string | undefined, after: string): string {
  return before === undefined || before === after ? after : `${before} → ${after}`;
}

function tellAway({ terminal, isJson }: Session, failure: unknown): void {
  const problem = problemOf(failure);
  terminal.note(isJson ? JSON.stringify(problem) : `vigia: ${problem.detail ?? ''} Still trying.`);
}

function tellBack({ terminal, isJson }: Session): void {
  const detail = 'The API answers again.';
  terminal.note(isJson ? JSON.stringify({ code: 'cli.api_back', detail }) : `vigia: ${detail}`);
}
