/** The rules that no life of a path may break, whatever the looks show and in whatever order. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { aSample, aStream, streamId } from '#test/support/streaming/a-stream.js';
import {
  type Life,
  type Lived,
  POLICY,
  type Step,
  aPresentPath,
  aStep,
  aStoppedStream,
  anActiveStream,
  anySeen,
  conclusive,
  eventsOf,
  live,
  ownSampleOf,
  someSteps,
} from '#test/support/streaming/look-sequences.js';

import { EMPTY_MEMO, MAX_COUNTED_GAP_MS, SILENCE_CONFIRMED_MS, fold } from './fold.js';
import { type PathSample } from './look.js';
import { planPath } from './plan.js';
import { Stream, type StreamState } from './stream.js';

const saved = (step: Partial<Step>): Step => ({
  gapMs: 5_000,
  seen: null,
  write: 'accepted',
  isSaved: true,
  ...step,
});

/** Longer than a refused body ever waits. */
const PAST_ALL_RETRIES_MS = 400_000;
const RUNS = { numRuns: 600 };

describe('plan over random looks', () => {
  it('never removes a wanted path', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        expect(live(stream, steps).steps.map(({ action }) => action)).not.toContain('remove');
      }),
      RUNS,
    );
  });

  it('never applies a path that is not wanted', () => {
    fc.assert(
      fc.property(aStoppedStream, someSteps, (stream, steps) => {
        expect(live(stream, steps).steps.map(({ action }) => action)).not.toContain('apply');
      }),
      RUNS,
    );
  });

  it('does nothing at all on an inconclusive look', () => {
    fc.assert(
      fc.property(fc.oneof(anActiveStream, aStoppedStream), someSteps, (stream, steps) => {
        const blind = live(stream, steps).steps.filter(({ step }) => step.seen === 'inconclusive');
        expect(blind.filter(({ action, change }) => action !== 'none' || change !== null)).toEqual(
          [],
        );
      }),
      RUNS,
    );
  });

  it('changes no status at a first look', () => {
    fc.assert(
      fc.property(anActiveStream, anySeen, (stream, seen) => {
        expect(live(stream, [saved({ seen })]).state.status).toBe(stream.status);
      }),
      RUNS,
    );
  });

  it('claims RUNNING only when bytes grew between two looks under one availableTime', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        const life = live({ ...stream, onDemand: false }, steps);
        for (const lived of life.steps.filter((one) => becomes(one, 'RUNNING'))) {
          expect(grewSince(previousConclusive(life, lived), lived)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('judges no generation that MediaMTX is not known to have accepted', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        const unapplied = live(stream, steps).steps.filter(
          ({ before, accepted }) =>
            before.status !== 'RUNNING' &&
            Math.max(before.appliedGeneration, accepted) < before.generation,
        );
        expect(unapplied.filter(({ change }) => change !== null)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('takes no connection that was there before a later generation for evidence of it', () => {
    fc.assert(
      fc.property(aPresentPath, fc.array(aStep(), { maxLength: 20 }), (old, steps) => {
        const changed = aStream({ generation: 2, appliedGeneration: 1, onDemand: false });
        const known = { ...old, available: true, availableTime: 'connection 1' };
        const life = live(changed, [saved({ seen: known }), ...steps]);
        const reached = life.steps.filter((lived) => becomes(lived, 'RUNNING'));
        expect(reached.map((lived) => ownSampleOf(lived)?.availableTime)).not.toContain(
          'connection 1',
        );
      }),
      RUNS,
    );
  });

  it('chains the events: each begins where the one before it ended', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        const events = eventsOf(live(stream, steps));
        const from = events.map(({ fromStatus }) => fromStatus);
        const to = events.map(({ toStatus }) => toStatus);
        expect(from).toEqual([stream.status, ...to].slice(0, events.length));
      }),
      RUNS,
    );
  });

  it('writes an event exactly when the status changes, or the reason within ERROR', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        for (const { before, change } of live(stream, steps).steps) {
          expect(change?.event != null).toBe(change !== null && isNews(before, change.to));
        }
      }),
      RUNS,
    );
  });

  it('makes no ERROR of time that a path spends absent or unseen', () => {
    const nothing = aStep(fc.constantFrom(null, 'inconclusive' as const));
    fc.assert(
      fc.property(anActiveStream, fc.array(nothing, { maxLength: 25 }), (stream, steps) => {
        const { steps: lived } = live(stream, steps);
        expect(lived.filter((one) => becomes(one, 'ERROR'))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never goes from RUNNING to ERROR by silence', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        const { steps: lived } = live(stream, steps);
        const failed = lived.filter((one) => becomes(one, 'ERROR'));
        expect(failed.filter(({ before }) => before.status === 'RUNNING')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('makes an ERROR no sooner than the deadline after the path was found present and silent', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, (stream, steps) => {
        const life = live(stream, steps);
        for (const lived of life.steps.filter((one) => becomes(one, 'ERROR'))) {
          expect(silentMsAt(life, lived)).toBeGreaterThanOrEqual(POLICY.sourceDeadlineMs);
        }
      }),
      RUNS,
    );
  });

  it('is at rest while media keeps flowing: nothing to do and nothing to write', () => {
    fc.assert(
      fc.property(anActiveStream, someSteps, fc.integer({ min: 1, max: 9 }), (stream, steps, n) => {
        // The path is gone once, so that what flows afterwards was pulled for this generation.
        const before = live(stream, [...steps, saved({ gapMs: PAST_ALL_RETRIES_MS })]);
        const healthy = Array.from({ length: n + 4 }, (_, i) => flowing(i));
        const settled = live(stream, healthy, before).steps.slice(before.steps.length + 4);
        expect(settled.map(({ action, change }) => ({ action, change }))).toEqual(
          Array.from({ length: n }, () => ({ action: 'none', change: null })),
        );
        expect(settled.at(-1)?.after.status).toBe('RUNNING');
      }),
      RUNS,
    );
  });

  it('is at rest once the path of a stopped stream was twice not seen', () => {
    fc.assert(
      fc.property(aStoppedStream, someSteps, (stream, steps) => {
        const before = live(stream, steps);
        const gone = [saved({}), saved({}), saved({})];
        const last = live(stream, gone, before).steps.at(-1);
        expect(last).toMatchObject({ action: 'none', change: null });
        expect(last?.after.removalPending).toBe(false);
      }),
      RUNS,
    );
  });

  it('changes nothing for a blip of silence under 4 s', () => {
    const silences = fc
      .array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 10 })
      .filter((gaps) => gaps.slice(1).reduce((sum, gap) => sum + gap, 0) < SILENCE_CONFIRMED_MS);
    fc.assert(
      fc.property(silences, fc.boolean(), (gaps, isFrozen) => {
        const stream = aStream({ status: 'RUNNING' });
        const healthy = [flowing(0), flowing(1)];
        const silent = gaps.map((gapMs) => saved({ gapMs, seen: silence(isFrozen) }));
        const life = live(stream, [...healthy, ...silent, flowing(2), flowing(3)]);
        expect(life.steps.filter(({ change }) => change !== null)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('planPath over streams that share a path', () => {
  it('neither removes the path of the active one nor leaves a removal pending beside it', () => {
    const older = fc.array(fc.boolean(), { maxLength: 4 });
    fc.assert(
      fc.property(
        anActiveStream,
        older,
        fc.array(anySeen, { minLength: 1 }),
        (one, rest, looks) => {
          const stopped = rest.map((removalPending, i) =>
            aStream({ id: streamId(i + 2), status: 'STOPPED', removalPending }),
          );
          let memo = EMPTY_MEMO;
          for (const seen of looks) {
            const folded = fold(memo, seen, 1_000);
            memo = folded.memo;
            const streams = [...stopped, one].map((state) => new Stream(state));
            const { action, changes } = planPath(streams, () => folded.observation, POLICY);
            expect(action).not.toBe('remove');
            expect(
              stillPending(
                stopped,
                changes.map(({ to }) => to),
              ).length > 0,
            ).toBe(seen === 'inconclusive' && rest.includes(true));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function stillPending(
  streams: readonly StreamState[],
  changed: readonly StreamState[],
): StreamState[] {
  const now = new Map([...streams, ...changed].map((state) => [state.id, state]));
  return streams.filter(({ id }) => now.get(id)?.removalPending === true);
}

function becomes({ before, change }: Lived, status: StreamState['status']): boolean {
  return change !== null && before.status !== status && change.to.status === status;
}

function isNews(before: StreamState, to: StreamState): boolean {
  return before.status !== to.status || (to.status === 'ERROR' && before.reason !== to.reason);
}

function previousConclusive(life: Life, lived: Lived): Lived | undefined {
  return conclusive(life)
    .filter(({ nowMs }) => nowMs < lived.nowMs)
    .at(-1);
}

function grewSince(earlier: Lived | undefined, later: Lived): boolean {
  const [then, now] = [earlier === undefined ? null : ownSampleOf(earlier), ownSampleOf(later)];
  return then !== null && now !== null && isGrowth(then, now);
}

function isGrowth(then: PathSample, now: PathSample): boolean {
  return (
    now.available &&
    now.availableTime !== null &&
    now.availableTime === then.availableTime &&
    now.inboundBytes > then.inboundBytes
  );
}

/** Time between neighbouring looks that both found the path present, back to the last growth. */
function silentMsAt(life: Life, lived: Lived): number {
  const until = life.steps.slice(0, life.steps.indexOf(lived) + 1).reverse();
  let silentMs = 0;
  for (const [i, later] of until.entries()) {
    const earlier = until[i + 1];
    if (earlier === undefined || isInterrupted(earlier) || grewSince(earlier, later)) {
      break;
    }
    if (later.step.seen !== 'inconclusive' && earlier.step.seen !== 'inconclusive') {
      silentMs += Math.min(later.step.gapMs, MAX_COUNTED_GAP_MS);
    }
  }
  return silentMs;
}

function isInterrupted(lived: Lived): boolean {
  return lived.step.seen !== 'inconclusive' && ownSampleOf(lived) === null;
}

function flowing(i: number): Step {
  return saved({
    seen: aSample({ availableTime: 'a healthy connection', inboundBytes: 2_000_000 + i }),
    gapMs: 1_000,
  });
}

function silence(isFrozen: boolean): PathSample {
  return isFrozen
    ? aSample({ availableTime: 'a healthy connection', inboundBytes: 2_000_001 })
    : aSample({ available: false, availableTime: null, inboundBytes: 0 });
}
