/** Plays the steps of a scenario: calls and faults overlap as they come, and are all awaited. */
import { setTimeout as delay } from 'node:timers/promises';

import { FAULTS } from '../faults/faults.js';
import {
  type CallStep,
  type FaultStep,
  type Scenario,
  type Start,
  type Step,
} from '../scenario/scenario.js';
import { type RecoveryClock } from './recovery.js';
import { type Story } from './story.js';

/** The streams that run before anything happens. */
export async function playBeginning(story: Story, { cameras }: Scenario): Promise<void> {
  const starts = cameras.flatMap((initially, camera): Start[] =>
    initially === 'idle' || camera >= story.cameras.length
      ? []
      : [
          {
            ...{ kind: 'start', camera, replica: camera % 2, variant: 'main' },
            onDemand: initially === 'running on demand',
          },
        ],
  );
  await Promise.all(starts.map((start) => call(story, start)));
}

export async function playSteps(
  story: Story,
  steps: readonly Step[],
  recovery: RecoveryClock,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (const step of steps) {
    await delay(step.afterMs);
    recovery.disturbed();
    underWay.push(step.kind === 'fault' ? inflict(story, step, recovery) : call(story, step));
  }
  await Promise.all(underWay);
}

function call(story: Story, step: CallStep): Promise<void> {
  const { client } = story.replica(step.replica).api;
  const camera = story.camera(step.camera);
  switch (step.kind) {
    case 'start':
      return story.calls.start(client, camera, step);
    case 'stop':
      return story.calls.stop(client, camera);
    case 'patch':
      return story.calls.patch(client, camera, step);
    case 'retry':
      return story.calls.retry(client, camera);
  }
}

async function inflict(story: Story, step: FaultStep, recovery: RecoveryClock): Promise<void> {
  const fault = FAULTS[step.fault];
  const things = fault.holds(step, story);
  if (!story.faults.hold(things)) {
    story.faults.leftOut += 1;
    return;
  }
  try {
    const beganAt = Date.now();
    const entry = story.faults.began(step, beganAt);
    const end = await fault.begin(story, step);
    if (end === null) {
      story.faults.forget(entry);
      return;
    }
    if (fault.isInstant !== true) await delay(step.forMs);
    await end();
    entry.endedAt = Date.now();
    if (story.faults.active.length === 0 && story.calls.open.length === 0) {
      recovery.ended(step.fault);
    }
  } finally {
    story.faults.release(things);
  }
}
