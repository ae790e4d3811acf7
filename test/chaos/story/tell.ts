/** One seed from its beginning to the verdict: play, quiet, judge, and clear up. */
import { eventually } from '#test/support/eventually.js';

import { type FaultName } from '../faults/fault-names.js';
import { causeFaults } from '../rules/causes.js';
import { claimFaults } from '../rules/claims.js';
import { contradictionFaults } from '../rules/contradictions.js';
import { differences } from '../rules/converged.js';
import { intentFaults } from '../rules/intents.js';
import { replayFaults } from '../rules/replay.js';
import { stillnessFaults } from '../rules/stillness.js';
import { verbFaults } from '../rules/verbs.js';
import { type Scenario } from '../scenario/scenario.js';
import { type World } from '../world/world.js';
import { clearUp } from './clear-up.js';
import { playBeginning, playSteps } from './play.js';
import { type Recovery, RecoveryClock } from './recovery.js';
import { Story } from './story.js';

/**
 * For everything that may take its time one after the other: a lease that must expire, a breaker, a
 * camera that is redialled, a refused body that waits. Only what *never* converges is a fault; how
 * long it takes is measured.
 */
const CONVERGED_MS = 25_000;
/** A poisoned node is swept once a minute. */
const CONVERGED_AFTER_POISON_MS = 85_000;

export interface Tale {
  readonly violations: readonly string[];
  readonly faults: readonly FaultName[];
  readonly leftOut: number;
  readonly recoveries: readonly Recovery[];
}

export async function tell(world: World, scenario: Scenario, tag: string): Promise<Tale> {
  const story = new Story(world, scenario, tag);
  const recovery = new RecoveryClock(async () => (await differences(story)).length === 0);
  try {
    const violations = await judged(story, recovery).catch(brokenOff);
    if (violations.length === 0) await clearUp(story);
    return {
      violations,
      faults: story.faults.entries.map(({ step }) => step.fault),
      leftOut: story.faults.leftOut,
      recoveries: recovery.recoveries,
    };
  } finally {
    await Promise.all([recovery.stop(), story.end()]);
  }
}

/** Also a violation, of the suite if not of the product: nothing is known about the rest. */
function brokenOff(failure: unknown): string[] {
  return [`broken off: ${failure instanceof Error ? failure.stack : String(failure)}`];
}

async function judged(story: Story, recovery: RecoveryClock): Promise<string[]> {
  await playBeginning(story, story.scenario);
  const atFirst = await converged(story);
  if (atFirst.length > 0) return atFirst.map((difference) => `before any fault: ${difference}`);
  if (story.scenario.alone !== null) {
    await playSteps(story, [{ afterMs: 0, ...story.scenario.alone }], recovery);
    const stillLeft = await converged(story);
    if (stillLeft.length > 0) return stillLeft.map((it) => `after one fault: ${it}`);
    await recovery.measured();
  }
  await playSteps(story, story.scenario.steps, recovery);
  const left = await converged(story);
  if (left.length > 0) return [...left.map((it) => `in quiet: ${it}`), ...(await history(story))];
  return [...(await stillnessFaults(story)), ...(await history(story))];
}

/** What the rows, the events and the eyewitnesses say about everything that has happened. */
async function history(story: Story): Promise<string[]> {
  const { world, tag } = story;
  const rows = await world.ledger.rowsOf(tag);
  const events = await world.ledger.eventsOf(tag);
  const writes = world.writes.since(story.writesBefore);
  return [
    ...intentFaults(story, rows),
    ...replayFaults(rows, events),
    ...causeFaults(story, rows, events),
    ...claimFaults(story),
    ...verbFaults(writes),
    ...contradictionFaults(story, rows, writes),
    ...world.replicas.flatMap(({ hasSaidSecret }, index) =>
      hasSaidSecret ? [`replica ${index} has logged a secret`] : [],
    ),
  ];
}

/** @returns what still differs after all patience */
async function converged(story: Story): Promise<string[]> {
  const wasPoisoned = story.faults.entries.some(({ step }) => step.fault.endsWith('poisoned'));
  let left: string[] = [];
  await eventually(
    async () => {
      left = await differences(story);
      if (left.length > 0) throw new Error(left.join('; '));
    },
    { timeoutMs: wasPoisoned ? CONVERGED_AFTER_POISON_MS : CONVERGED_MS, everyMs: 100 },
  ).catch(() => undefined);
  return left;
}
