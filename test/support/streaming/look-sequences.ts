/**
 * Random lives of one path: what each look shows, how much time lies between two, whether the node
 * takes what is applied, and whether a change is saved or loses its race.
 */
import fc from 'fast-check';

import {
  EMPTY_MEMO,
  type Observation,
  type PathMemo,
  fold,
  rememberApplied,
  rememberGeneration,
  rememberRefused,
} from '#streaming/domain/fold.js';
import { type PathSample, ownSample } from '#streaming/domain/look.js';
import { type Action, plan } from '#streaming/domain/plan.js';
import { Stream, type StreamChange, type StreamState } from '#streaming/domain/stream.js';
import { aSample, aStream } from './a-stream.js';

export const POLICY = { sourceDeadlineMs: 20_000 };

export interface Step {
  readonly gapMs: number;
  readonly seen: PathSample | null | 'inconclusive';
  /** What the node does when it is told to apply the path. */
  readonly write: 'accepted' | 'refused' | 'lost';
  readonly isSaved: boolean;
}

/** One look, with what was known before it and what came of it. */
export interface Lived {
  readonly step: Step;
  readonly nowMs: number;
  readonly before: StreamState;
  readonly observation: Observation;
  readonly action: Action;
  readonly change: StreamChange | null;
  readonly isSaved: boolean;
  readonly after: StreamState;
  /** The newest generation that this process saw accepted, before this look. */
  readonly accepted: number;
}

export interface Life {
  readonly steps: readonly Lived[];
  readonly memo: PathMemo;
  readonly state: StreamState;
  readonly nowMs: number;
}

export function live(state: StreamState, steps: readonly Step[], from?: Life): Life {
  const start = from ?? { steps: [], memo: EMPTY_MEMO, state, nowMs: 1_000_000 };
  return steps.reduce<Life>((life, step) => lookOnce(life, step), start);
}

function lookOnce(life: Life, step: Step): Life {
  const nowMs = life.nowMs + step.gapMs;
  const { memo, observation } = fold(
    rememberGeneration(life.memo, life.state.generation),
    step.seen,
    nowMs,
  );
  const { action, change } = plan(new Stream(life.state), observation, POLICY);
  const isSaved = change !== null && step.isSaved;
  const after = isSaved ? { ...change.to, version: life.state.version + 1 } : life.state;
  const lived: Lived = {
    step,
    nowMs,
    before: life.state,
    observation,
    action,
    change,
    isSaved,
    after,
    accepted: life.memo.appliedGeneration,
  };
  return {
    steps: [...life.steps, lived],
    memo: action === 'apply' || action === 'restart' ? written(memo, step, after, nowMs) : memo,
    state: after,
    nowMs,
  };
}

function written(memo: PathMemo, { write }: Step, state: StreamState, nowMs: number): PathMemo {
  switch (write) {
    case 'accepted':
      return rememberApplied(memo, {
        generation: state.generation,
        storedGeneration: state.appliedGeneration,
        nowMs,
      });
    case 'refused':
      return rememberRefused(memo, nowMs);
    case 'lost':
      return memo;
  }
}

const CONNECTIONS = ['connection 1', 'connection 2', 'connection 3'];

/** Few connections and few counts, so that equal, smaller and greater ones all follow each other. */
const present = fc
  .record({
    availableTime: fc.option(fc.constantFrom(...CONNECTIONS), { freq: 5 }),
    inboundBytes: fc.constantFrom(0, 10, 10, 20, 30, 40, 1_000_000),
    available: fc.boolean(),
    readers: fc.nat(2),
  })
  .map((given) => aSample(given));

const caughtByCatchAll = present.map((sample) => ({ ...sample, confName: 'all_others' }));

export const aPresentPath: fc.Arbitrary<PathSample> = present;

export const anySeen: fc.Arbitrary<Step['seen']> = fc.oneof(
  { weight: 6, arbitrary: present },
  { weight: 1, arbitrary: caughtByCatchAll },
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constant('inconclusive' as const) },
);

/** From the pokes of a follower to a process that was frozen for a minute. */
export const anyGapMs: fc.Arbitrary<number> = fc.constantFrom(
  1,
  250,
  1_000,
  3_999,
  4_000,
  5_000,
  9_999,
  10_000,
  20_000,
  60_000,
);

export function aStep(seen: fc.Arbitrary<Step['seen']> = anySeen): fc.Arbitrary<Step> {
  return fc.record({
    gapMs: anyGapMs,
    seen,
    write: fc.constantFrom('accepted', 'accepted', 'accepted', 'refused', 'lost'),
    isSaved: fc.constantFrom(true, true, true, false),
  });
}

/** Looks that go on alike for a while: media flows, or nothing does. */
const aStretch: fc.Arbitrary<Step[]> = fc
  .record({
    kind: fc.constantFrom('flowing' as const, 'frozen' as const, 'dead' as const),
    availableTime: fc.constantFrom(...CONNECTIONS),
    steps: fc.array(aStep(), { minLength: 2, maxLength: 8 }),
  })
  .map(({ kind, availableTime, steps }) =>
    steps.map((step, i) => ({
      ...step,
      seen: aSample({
        available: kind !== 'dead',
        availableTime: kind === 'dead' ? null : availableTime,
        inboundBytes: { flowing: 1_000 + i, frozen: 1_000, dead: 0 }[kind],
      }),
    })),
  );

export const someSteps: fc.Arbitrary<Step[]> = fc
  .array(fc.oneof(aStretch, fc.array(aStep(), { maxLength: 4 })), { maxLength: 6 })
  .map((stretches) => stretches.flat());

/** A stream that is wanted, in any of its states. */
export const anActiveStream: fc.Arbitrary<StreamState> = fc
  .record({
    status: fc.constantFrom('STARTING' as const, 'RUNNING' as const, 'ERROR' as const),
    onDemand: fc.boolean(),
    generation: fc.constantFrom(1, 2),
    isApplied: fc.boolean(),
  })
  .map(({ status, onDemand, generation, isApplied }) =>
    aStream({
      status,
      onDemand,
      generation,
      appliedGeneration: isApplied ? generation : generation - 1,
    }),
  );

export const aStoppedStream: fc.Arbitrary<StreamState> = fc
  .boolean()
  .map((removalPending) => aStream({ status: 'STOPPED', removalPending }));

/** The steps that showed something, with their place; a catch-all's path counts as none of ours. */
export function conclusive(life: Life): readonly Lived[] {
  return life.steps.filter(({ step }) => step.seen !== 'inconclusive');
}

export function ownSampleOf({ step }: Lived): PathSample | null {
  return step.seen === 'inconclusive' ? null : ownSample(step.seen);
}

/** What was written: only saved changes have events. */
export function eventsOf(life: Life): NonNullable<StreamChange['event']>[] {
  return life.steps.flatMap(({ isSaved, change }) =>
    isSaved && change?.event != null ? [change.event] : [],
  );
}
