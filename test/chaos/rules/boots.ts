/** A MediaMTX that the agent starts has nothing that was stopped or parked, once a tick has passed. */
import { FAULT_NAMES } from '../faults/fault-names.js';
import { type Boot, type Story } from '../story/story.js';
import { PREFIX } from '../world/settings.js';
import { type Past, wantedSpans } from './parking.js';

/** A tick, and the call to the agent. Too low: a busy machine is at fault. */
const TOLD_WITHIN_MS = 2_500;
/** What kept Vigia from looking, or from telling, may do so for a while. */
const AFTERMATH_MS = 8_000;
const HARMLESS = /^camera|by hand$|^foreign path added/;
const HINDERING = FAULT_NAMES.filter((name) => !HARMLESS.test(name));
/** While there are such paths the set stays as it was, for the database may be a wrong one. */
const STRANGERS = ['stranger under the prefix'];

export function bootFaults(story: Story, past: Past): string[] {
  return story.boots
    .filter((boot) => !isHindered(story, boot))
    .flatMap((boot) => revived(boot, past));
}

function isHindered({ faults }: Story, { at }: Boot): boolean {
  const before = faults.during(HINDERING, at - AFTERMATH_MS, at);
  // But for the fault that this start is a part of.
  const others = before.filter(({ beganAt }) => beganAt < at);
  return others.length > 0 || faults.during(STRANGERS, 0, at).length > 0;
}

function revived({ at, names }: Boot, { rows, events }: Past): string[] {
  return names
    .filter((name) => name.startsWith(`${PREFIX}/`))
    .filter((name) => {
      const spans = rows
        .filter(({ path }) => path === name)
        .flatMap((row) => wantedSpans(row, events));
      return !spans.some(
        ({ from, to }) => from <= at + TOLD_WITHIN_MS && to >= at - TOLD_WITHIN_MS,
      );
    })
    .map((name) => `${name} came back with MediaMTX at ${new Date(at).toISOString()}, unwanted`);
}
