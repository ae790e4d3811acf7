/**
 * Nothing happens to a stream without a cause that the witness saw at the node: no RUNNING without
 * media, no RECONNECTING while media flowed, no ERROR because nobody could look. What is said of a
 * camera, it has said itself.
 */
import { Reason } from '#streaming/domain/reason.js';

import { AGENT_FAULTS, FAULT_NAMES } from '../faults/fault-names.js';
import { type StoryCamera } from '../story/cameras.js';
import { type Story } from '../story/story.js';
import { NO_MEDIA, type Span } from '../story/witness.js';
import { type CameraBehaviour } from '../world/chaos-node.js';
import { type LedgerEvent, type LedgerRow } from '../world/ledger.js';
import { sourceDeadlineMs } from '../world/settings.js';

/**
 * From what a look saw to the event of it. Too low: a busy machine looks like an invention. Too high:
 * an invention finds some old cause.
 */
const DELAY_MS = 5_000;
/** With Postgres's deadlines, or a process that was stopped, in between. */
const LONG_DELAY_MS = 14_000;
const DELAYING = FAULT_NAMES.filter((name) => /postgres|frozen|late/.test(name));
/** Two silent looks are 4 s apart; samples of the witness lie a little inside of that. */
const SILENCE_MS = 3_000;
/** How much of a silence the witness sees: it samples. */
const SEEN_SHARE = 0.8;
/** The clocks of Postgres and of the witness are the same, their samples are not. */
const TOLERANCE_MS = 700;
/**
 * The answer of the node lies about what is there; or a path is gone for less than the time between
 * two samples of the witness, when a tick comes just then and puts it back.
 */
const UNSEEN_ABSENCE = [
  ...['list empty', 'file rewritten', 'node restarted', 'path deleted by hand'],
  ...AGENT_FAULTS.filter((name) => name.includes('killed')),
];

/**
 * How a camera must have been for this to be said of it. A real one is gone for a moment when it
 * changes its mind about passwords.
 */
const SAYING: Readonly<Record<string, readonly CameraBehaviour[]>> = {
  [Reason.sourceAuthFailed]: ['refusing'],
  [Reason.sourceNotFound]: ['unknowing', 'dead', 'refusing'],
  [Reason.sourceProtocol]: ['dead'],
  [Reason.sourceTimeout]: ['silent', 'frozen'],
};
/** What the node shows, without a word of the camera. */
const UNSAID: readonly string[] = [Reason.sourceNoMedia, Reason.sourceStalled];

/** One event, and the time in which its cause must lie. */
interface Case {
  readonly story: Story;
  readonly camera: StoryCamera;
  readonly row: LedgerRow;
  readonly event: LedgerEvent;
  readonly window: Span;
}

export function causeFaults(
  story: Story,
  rows: readonly LedgerRow[],
  events: readonly LedgerEvent[],
): string[] {
  return events.flatMap((event) => {
    const row = rows.find(({ id }) => id === event.streamId);
    const camera = story.cameras.find(({ id }) => id === row?.cameraId);
    // What a caller asked for needs no other cause.
    if (row === undefined || camera === undefined || event.actor === 'api') return [];
    const at = event.at.getTime();
    const isDelayed = story.faults.during(DELAYING, at - LONG_DELAY_MS, at).length > 0;
    const window = {
      from: at - (isDelayed ? LONG_DELAY_MS : DELAY_MS),
      to: at + TOLERANCE_MS,
    };
    // What nobody saw proves nothing.
    if (!story.witness.wasSighted(window)) return [];
    const fault = causeFault({ story, camera, row, event, window });
    const when = event.at.toISOString();
    return fault === null ? [] : [`stream ${row.id} of ${row.cameraId} at ${when}: ${fault}`];
  });
}

function causeFault(given: Case): string | null {
  switch (given.event.toStatus) {
    case 'RUNNING':
      return given.row.onDemand || hasFlowed(given) ? null : 'RUNNING, and no media flowed';
    case 'STARTING':
      return reconnectFault(given);
    case 'ERROR':
      return given.event.reason === 'MEDIAMTX_REJECTED' ? blameFault(given) : errorFault(given);
    case 'STOPPED':
      return null;
  }
}

function hasFlowed({ story, camera, window }: Case): boolean {
  return story.witness.saw(camera.path, 'flowing', window);
}

function reconnectFault({ story, camera, event, window }: Case): string | null {
  const hasCause =
    story.witness.saw(camera.path, 'absent', window) ||
    story.faults.during(UNSEEN_ABSENCE, window.from, window.to).length > 0 ||
    hasSpan(story.witness.spans(camera.path, NO_MEDIA), SILENCE_MS, window);
  return event.fromStatus === null || hasCause
    ? null
    : `${event.reason}, and media flowed all the time`;
}

function blameFault({ story, camera, window }: Case): string | null {
  const isRefused = story.faults
    .during(['one body refused'], window.from, window.to)
    .some(({ step }) => story.camera(step.camera) === camera);
  return isRefused ? null : 'blamed for a refusal that was not about it';
}

function errorFault(given: Case): string | null {
  const { story, camera, event } = given;
  const reason = event.reason ?? '';
  const past = { from: given.row.createdAt.getTime() - TOLERANCE_MS, to: given.window.to };
  if (!UNSAID.includes(reason) && !camera.was(SAYING[reason] ?? [], past)) {
    return `ERROR (${reason}), which its camera never said`;
  }
  // One that refuses is asked before the deadline, and its answer counts at once.
  if (reason === Reason.sourceAuthFailed || story.flapped(camera, given.window)) return null;
  return silenceFault(given);
}

function silenceFault({ story, camera, event, window }: Case): string | null {
  const leastMs = sourceDeadlineMs(story.world.node.isReal) * SEEN_SHARE;
  return hasSpan(story.witness.spans(camera.path, ['silent']), leastMs, window)
    ? null
    : `ERROR (${event.reason}), and it was not silent for so long`;
}

function hasSpan(spans: readonly Span[], leastMs: number, window: Span): boolean {
  return spans.some(
    ({ from, to }) => to - from >= leastMs && from <= window.to && to >= window.from,
  );
}
