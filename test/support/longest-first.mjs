/**
 * The order of the files of `npm run test:services`: the longest first, so that none of them is left
 * to one worker at the end. Jest orders by what it measured before, and a clean clone has measured
 * nothing; the size of a file, which it takes then, says little of these. Plain JavaScript, since
 * jest loads it untranspiled.
 */
import { statSync } from 'node:fs';

/** Those that take longer than about 20 s on a machine with two cores; roughly in their order. */
const LONGEST = [
  'integration/image-steps.spec.ts',
  'e2e/chaos.e2e-spec.ts',
  'e2e/standalone-ends.e2e-spec.ts',
  'e2e/crash-points.e2e-spec.ts',
  'e2e/several-nodes.e2e-spec.ts',
  'e2e/replicas.e2e-spec.ts',
  'e2e/heals.e2e-spec.ts',
  'e2e/replicas-rolling.e2e-spec.ts',
  'e2e/node-agent.e2e-spec.ts',
  'e2e/real-time-outs.e2e-spec.ts',
  'e2e/standalone.e2e-spec.ts',
  'e2e/parking.e2e-spec.ts',
  'e2e/reasons-real-cameras.e2e-spec.ts',
  'contract/over-time.spec.ts',
  'e2e/drift.e2e-spec.ts',
  'e2e/poison.e2e-spec.ts',
  'e2e/replicas-frozen.e2e-spec.ts',
  'e2e/late-delete.e2e-spec.ts',
  'e2e/start-and-heal.e2e-spec.ts',
  'e2e/wipe-of-1000.e2e-spec.ts',
  'e2e/metrics.e2e-spec.ts',
  'e2e/drain.e2e-spec.ts',
  'integration/node-agent-files.spec.ts',
  'integration/node-agent.spec.ts',
  'e2e/heals-real-media-mtx.e2e-spec.ts',
  'e2e/postgres-outage.e2e-spec.ts',
  'e2e/logging.e2e-spec.ts',
  'e2e/polite-dials.e2e-spec.ts',
  'e2e/real-reconnection.e2e-spec.ts',
  'e2e/standalone-as-root.e2e-spec.ts',
  'e2e/brakes.e2e-spec.ts',
  'integration/schema.spec.ts',
];

export default class LongestFirst {
  sort(tests) {
    return tests
      .map((test) => ({ test, rank: rankOf(test.path), size: statSync(test.path).size }))
      .sort((one, other) => one.rank - other.rank || other.size - one.size)
      .map(({ test }) => test);
  }

  /** Jest would keep here how long each file took. */
  cacheResults() {
    return undefined;
  }

  allFailedTests() {
    throw new Error('npm run test:services does not know what failed before; use npm run jest');
  }
}

function rankOf(file) {
  const index = LONGEST.findIndex((name) => file.endsWith(`/test/${name}`));
  return index < 0 ? LONGEST.length : index;
}
