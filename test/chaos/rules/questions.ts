/** A camera is asked because nothing comes, and never beside its own media. */
import { FAULT_NAMES } from '../faults/fault-names.js';
import { type StoryCamera } from '../story/cameras.js';
import { type Story } from '../story/story.js';
import { NO_MEDIA } from '../story/witness.js';
import { type LedgerRow } from '../world/ledger.js';

/** Silent for 3 s, as a look found, and asked at its turn. */
const ASKED_WITHIN_MS = 5_000;
/** A process that was stopped, or that waited for Postgres, asks that much later. */
const ASKED_LATE_WITHIN_MS = 14_000;
const DELAYING = FAULT_NAMES.filter((name) => /postgres|frozen|late/.test(name));

export function questionFaults(story: Story, rows: readonly LedgerRow[]): string[] {
  return story.cameras.flatMap((camera) => {
    const own = rows.filter(({ cameraId }) => cameraId === camera.id);
    return asked(camera).flatMap((at) => {
      const when = new Date(at).toISOString();
      if (isRetried(story, camera, at)) return [];
      return [
        ...(wasFlowing(story, camera, at)
          ? [`${camera.path} was asked at ${when}, and flowed`]
          : []),
        ...(isOnDemandOnly(own) ? [`${camera.path} was asked at ${when}, and is on demand`] : []),
      ];
    });
  });
}

/** Each time begins with this. */
function asked({ questions }: StoryCamera): number[] {
  return (questions ?? []).filter(({ method }) => method === 'OPTIONS').map(({ at }) => at);
}

/** Without a break, for as long as it takes from silence to a question. */
function wasFlowing({ faults, witness }: Story, { path }: StoryCamera, at: number): boolean {
  const isDelayed = faults.during(DELAYING, at - ASKED_LATE_WITHIN_MS, at).length > 0;
  const window = { from: at - (isDelayed ? ASKED_LATE_WITHIN_MS : ASKED_WITHIN_MS), to: at };
  return witness.wasSighted(window) && !NO_MEDIA.some((truth) => witness.saw(path, truth, window));
}

/** Who retries has the camera asked first, whatever it does. */
function isRetried({ calls }: Story, { id }: StoryCamera, at: number): boolean {
  return calls.all.some(
    ({ kind, cameraId, sentAt }) =>
      kind === 'retry' && cameraId === id && sentAt <= at && sentAt > at - ASKED_LATE_WITHIN_MS,
  );
}

const isOnDemandOnly = (rows: readonly LedgerRow[]): boolean =>
  rows.length > 0 && rows.every(({ onDemand }) => onDemand);
