/**
 * A writer reads the newest intent at the moment it sends: nothing is removed that has been wanted
 * for a while, and nothing is put back that nobody has wanted for a while, not even for a moment.
 */
import { FAULT_NAMES } from '../faults/fault-names.js';
import { type Story } from '../story/story.js';
import { type Span } from '../story/witness.js';
import { type ConfigWrite } from '../world/config-writes.js';
import { type Past, wantedSpans } from './parking.js';

/** From reading an intent to sending: too low, and a busy machine is at fault. */
const SENT_WITHIN_MS = 2_000;
/** A process that was stopped in between, or whose answer from Postgres was late, cannot know. */
const EXCUSES = FAULT_NAMES.filter((name) => /^replica frozen$|postgres/.test(name));
const EXCUSED_FOR_MS = 10_000;
const ALTERING = ['source altered by hand', 'path taken over by hand'];

export function contradictionFaults(
  story: Story,
  { rows, events }: Past,
  writes: readonly ConfigWrite[],
): string[] {
  return writes
    .filter(({ at }) => story.faults.during(EXCUSES, at - EXCUSED_FOR_MS, at).length === 0)
    .filter((write) => {
      const own = rows.filter(({ path }) => write.target.endsWith(`/${path}`));
      const wanted = own.flatMap((row) => wantedSpans(row, events));
      return own.length > 0 && contradicts(write, wanted);
    })
    .filter((write) => !isRestart(write, writes, story))
    .map(({ at, method, target, replica }) => {
      const when = new Date(at).toISOString();
      return `replica ${replica} sent ${method} ${target} at ${when}, against what was wanted`;
    });
}

function contradicts({ at, method }: ConfigWrite, wanted: readonly Span[]): boolean {
  const from = at - SENT_WITHIN_MS;
  return method === 'DELETE'
    ? wanted.some((span) => span.from < from && span.to > at)
    : !wanted.some((span) => span.from < at && span.to > from);
}

/**
 * The connection of a source that was changed, retried or altered by hand is cut: removed, and put
 * back at once. When the removal was not answered, the next tick puts it back.
 */
function isRestart(write: ConfigWrite, writes: readonly ConfigWrite[], story: Story): boolean {
  const path = pathOf(write);
  const within = { from: write.at, to: write.at + SENT_WITHIN_MS };
  const next = writes.find((it) => it.at >= write.at && it !== write && pathOf(it) === path);
  const isPutBack = next?.method === 'POST' && next.at < within.to;
  const isDisturbed = story.faults.during(FAULT_NAMES, within.from, within.to).length > 0;
  return (
    write.method === 'DELETE' &&
    (isPutBack || isDisturbed) &&
    isChangedBefore(write.at, path, story)
  );
}

function isChangedBefore(at: number, path: string, story: Story): boolean {
  return (
    story.calls.all.some(
      ({ kind, cameraId, sentAt }) =>
        (kind === 'patch' || kind === 'retry') && cameraId === path && sentAt <= at,
    ) ||
    story.faults.during(ALTERING, 0, at).some(({ step }) => story.camera(step.camera).id === path)
  );
}

const pathOf = ({ target }: ConfigWrite): string => target.slice(target.lastIndexOf('/') + 1);
