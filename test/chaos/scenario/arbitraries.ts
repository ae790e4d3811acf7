/** From a seed to a scenario. Most faults are short and may overlap; a few seeds have a long one. */
import fc from 'fast-check';

import { FAULT_WEIGHTS, type FaultName, LONG_FAULTS } from '../faults/fault-names.js';
import { type FaultStep, type Initially, type Scenario, type Step } from './scenario.js';

const MAX_CAMERAS = 4;
/** Of each third of a scenario: in sum most have seven to fourteen, and any can shrink to none. */
const MAX_STEPS_OF_A_THIRD = 7;

const camera = fc.nat(MAX_CAMERAS - 1);
const replica = fc.nat(1);
const dice = fc.nat(999);

const variant = fc.constantFrom('main' as const, 'sub' as const);

const pauseMs = fc.oneof(
  { arbitrary: fc.constant(0), weight: 1 },
  { arbitrary: fc.integer({ min: 1, max: 900 }), weight: 3 },
);

const shortMs = fc.oneof(
  { arbitrary: fc.integer({ min: 100, max: 2_000 }), weight: 8 },
  { arbitrary: fc.integer({ min: 2_000, max: 6_000 }), weight: 2 },
);

/** Long enough to be noticed, and for a lease to expire. */
const aloneMs = fc.integer({ min: 500, max: 5_000 });

/** Longer than a look may be old before nobody may believe it. */
const longMs = fc.integer({ min: 17_500, max: 20_000 });

const start: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('start' as const),
  afterMs: pauseMs,
  camera,
  replica,
  onDemand: fc.oneof(
    { arbitrary: fc.constant(false), weight: 4 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
  variant,
});

const stop: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('stop' as const),
  afterMs: pauseMs,
  camera,
  replica,
});

const patch: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('patch' as const),
  afterMs: pauseMs,
  camera,
  replica,
  change: fc.oneof(
    { arbitrary: variant, weight: 3 },
    { arbitrary: fc.constant('label' as const), weight: 1 },
  ),
  isBlind: fc.boolean(),
});

const retry: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('retry' as const),
  afterMs: pauseMs,
  camera,
  replica,
});

function fault(
  names: readonly FaultName[],
  forMs: fc.Arbitrary<number>,
): fc.Arbitrary<FaultStep & Step> {
  return fc.record({
    kind: fc.constant('fault' as const),
    afterMs: pauseMs,
    fault: fc.oneof(
      ...names.map((name) => ({ arbitrary: fc.constant(name), weight: FAULT_WEIGHTS[name] })),
    ),
    camera,
    replica,
    forMs,
    dice,
  });
}

const initially: fc.Arbitrary<Initially> = fc.oneof(
  { arbitrary: fc.constant('running' as const), weight: 5 },
  { arbitrary: fc.constant('running on demand' as const), weight: 1 },
  { arbitrary: fc.constant('idle' as const), weight: 2 },
);

const cameras = fc.array(initially, { minLength: 2, maxLength: MAX_CAMERAS, size: 'max' });

/** @param names the faults that make sense on the target */
export function aScenario(names: readonly FaultName[]): fc.Arbitrary<Scenario> {
  const step = fc.oneof(
    { arbitrary: fault(names, shortMs), weight: 10 },
    { arbitrary: start, weight: 4 },
    { arbitrary: stop, weight: 4 },
    { arbitrary: patch, weight: 3 },
    { arbitrary: retry, weight: 2 },
  );
  const alone = fc.option(fault(names, aloneMs), { freq: 1_000 });
  const longFault = fault(
    names.filter((name) => LONG_FAULTS.includes(name)),
    longMs,
  );
  const third = fc.array(step, { maxLength: MAX_STEPS_OF_A_THIRD, size: 'max' });
  const steps = fc.tuple(third, third, third).map((thirds) => thirds.flat());
  const fewSteps = fc.array(step, { maxLength: 4, size: 'max' });
  const withLong = fc.tuple(longFault, fewSteps).map(([long, few]) => [long, ...few]);
  // Without bias: fast-check would begin with the smallest, and each seed is a beginning.
  return fc.noBias(
    fc.oneof(
      { arbitrary: fc.record({ cameras, alone, steps }), weight: 19 },
      { arbitrary: fc.record({ cameras, alone, steps: withLong }), weight: 1 },
    ),
  );
}

/** Neighbours draw alike at first; after this they have nothing in common. */
export const scattered = (seed: number): number => Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b;

export function scenarioOf(seed: number, names: readonly FaultName[]): Scenario {
  const [scenario] = fc.sample(aScenario(names), {
    seed: scattered(seed),
    numRuns: 1,
  });
  return scenario!;
}
