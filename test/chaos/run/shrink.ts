/**
 * A shorter sequence that fails as well, found by fast-check's own shrinking on live worlds, as far
 * as the time goes. Each failure costs a world; each success leaves it for the next attempt.
 */
import fc from 'fast-check';

import { faultsOn } from '../faults/faults.js';
import { aScenario, scattered } from '../scenario/arbitraries.js';
import { type Scenario } from '../scenario/scenario.js';
import { tell } from '../story/tell.js';
import { World, type WorldKind } from '../world/world.js';
import { type ChaosOptions } from './options.js';

export interface Failure {
  readonly scenario: Scenario;
  readonly sentences: readonly string[];
}

/** Null when nothing shorter than the seed's own sequence failed. */
export async function minimal(
  seed: number,
  { shrinkMinutes, ...kind }: ChaosOptions,
): Promise<Failure | null> {
  const endAt = performance.now() + shrinkMinutes * 60_000;
  const laboratory = new Laboratory(kind);
  let smallest: Failure | null = null;
  let attempts = 0;
  const passes = async (scenario: Scenario): Promise<boolean> => {
    // The first attempt is the sequence as it is, which is known to fail.
    attempts += 1;
    if (attempts === 1) return false;
    if (performance.now() > endAt) return true;
    const sentences = await laboratory.violations(scenario, `s${seed}n${attempts}`);
    if (sentences.length > 0) smallest = { scenario, sentences };
    return sentences.length === 0;
  };
  const property = fc.asyncProperty(aScenario(faultsOn(kind)), passes);
  await fc.check(property, { seed: scattered(seed), numRuns: 1 });
  await laboratory.close();
  return smallest;
}

class Laboratory {
  private world: World | null = null;

  constructor(private readonly kind: WorldKind) {}

  async violations(scenario: Scenario, tag: string): Promise<readonly string[]> {
    this.world ??= await World.start(this.kind);
    const { violations } = await tell(this.world, scenario, tag);
    if (violations.length > 0) await this.close();
    return violations;
  }

  async close(): Promise<void> {
    await this.world?.stop();
    this.world = null;
  }
}
