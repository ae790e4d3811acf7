/** One seed from its beginning to the verdict: play, quiet, judge, and clear up. */
import { eventually } from '#test/support/eventually.js';

import { type FaultName } from '../faults/fault-names.js';
import { bootFaults } from '../rules/boots.js';
import { causeFaults } from '../rules/causes.js';
import { changeFaults } from '../rules/changes.js';
import { claimFaults } from '../rules/claims.js';
import { contradictionFaults } from '../rules/contradictions.js';
import { differences } from '../rules/converged.js';
import { isParked } from '../rules/expected.js';
import { intentFaults } from '../rules/intents.js';
import { parkingFaults } from '../rules/parking.js';
import { questionFaults } from '../rules/questions.js';
import { replayFaults } from '../rules/replay.js';
import { stillnessFaults } from '../rules/stillness.js';
import { verbFaults } from '../rules/verbs.js';
import { type Scenario, type Step } from '../scenario/scenario.js';
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
/**
 * A poisoned node is swept once a minute; and a camera that was asked several times before it refused
 * the password is asked again after as long.
 */
const PATIENT_CONVERGED_MS = 85_000;

const REBOOT: Step = {
  ...{ kind: 'fault', fault: 'MediaMTX killed under the agent', afterMs: 0 },
  ...{ camera: 0, replica: 0, forMs: 0, dice: 0 },
};

export interface Tale {
  readonly violations: readonly string[];
  readonly faults: readonly FaultName[];
  readonly leftOut: number;
  readonly recoveries: readonly Recovery[];
}

export async function tell(world: World, scenario: Scenario, tag: string): Promise<Tale> {
  const story = await Story.begin(world, scenario, tag);
  const recovery = new RecoveryClock(async () => (await differences(story)).length === 0);
  try {
    const inTheEnd = await judged(story, recovery).catch(brokenOff);
    const violations = inTheEnd.length > 0 ? inTheEnd : await retried(story).catch(brokenOff);
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
  const restless = [...(await stillnessFaults(story)), ...(await rebootFaults(story, recovery))];
  return [...restless, ...(await history(story))];
}

/** The agent starts MediaMTX with what is wanted: nothing is left to write, and nobody is blamed. */
async function rebootFaults(story: Story, recovery: RecoveryClock): Promise<string[]> {
  if (story.world.node.agent === null) return [];
  const { writes } = story.world;
  const before = writes.count;
  await playSteps(story, [REBOOT], recovery);
  const left = await converged(story);
  await recovery.measured();
  return [
    ...left.map((it) => `after a restart in quiet: ${it}`),
    ...writes
      .since(before)
      .map(({ method, target }) => `a write after a restart in quiet: ${method} ${target}`),
  ];
}

/** What was parked runs again when somebody has made up with the camera, and says so. */
async function retried(story: Story): Promise<string[]> {
  const parked = (await story.world.ledger.rowsOf(story.tag)).filter(
    (row) => row.desired === 'RUNNING' && isParked(row),
  );
  if (parked.length === 0) return [];
  await Promise.all(story.cameras.map((camera) => camera.become('live')));
  const { client } = story.replica(0).api;
  await Promise.all(parked.map(({ id }) => client.send('POST', `/api/streams/${id}/retry`)));
  return (await converged(story)).map((difference) => `after a retry: ${difference}`);
}

/** What the rows, the events and the eyewitnesses say about everything that has happened. */
async function history(story: Story): Promise<string[]> {
  const { world, tag } = story;
  const rows = await world.ledger.rowsOf(tag);
  const events = await world.ledger.eventsOf(tag);
  const writes = world.writes.since(story.writesBefore);
  const past = { rows, events };
  return [
    ...intentFaults(story, rows),
    ...changeFaults(story, rows, events),
    ...replayFaults(rows, events),
    ...causeFaults(story, rows, events),
    ...claimFaults(story),
    ...bootFaults(story, past),
    ...verbFaults(writes),
    ...contradictionFaults(story, past, writes),
    ...parkingFaults(story, past),
    ...questionFaults(story, rows),
    ...world.replicas.flatMap(({ hasSaidSecret }, index) =>
      hasSaidSecret ? [`replica ${index} has logged a secret`] : [],
    ),
  ];
}

/** @returns what still differs after all patience */
async function converged(story: Story): Promise<string[]> {
  const isSlow = story.faults.entries.some(({ step }) => /poisoned|password/.test(step.fault));
  let left: string[] = [];
  await eventually(
    async () => {
      left = await differences(story);
      if (left.length > 0) throw new Error(left.join('; '));
    },
    { timeoutMs: isSlow ? PATIENT_CONVERGED_MS : CONVERGED_MS, everyMs: 100 },
  ).catch(() => undefined);
  return left;
}
