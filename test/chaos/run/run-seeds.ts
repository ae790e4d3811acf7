/**
 * Plays seeds in one or more worlds side by side. After a violation the world is not to be trusted:
 * it is thrown away, and a shorter sequence that fails as well is looked for in new ones.
 */
import { FAULT_NAMES } from '../faults/fault-names.js';
import { faultsOn } from '../faults/faults.js';
import { scenarioOf } from '../scenario/arbitraries.js';
import { type Scenario, describeScenario } from '../scenario/scenario.js';
import { type Recovery } from '../story/recovery.js';
import { type Tale, tell } from '../story/tell.js';
import { World } from '../world/world.js';
import { type ChaosOptions } from './options.js';
import { minimal } from './shrink.js';

export interface Violation {
  readonly seed: number;
  readonly sentences: readonly string[];
  readonly scenario: Scenario;
  readonly isMinimal: boolean;
}

export interface Outcome {
  readonly seeds: number;
  readonly seconds: number;
  readonly violations: readonly Violation[];
  readonly faults: ReadonlyMap<string, number>;
  readonly leftOut: number;
  readonly recoveries: readonly Recovery[];
}

type Say = (line: string) => void;

export async function runSeeds(options: ChaosOptions, say: Say): Promise<Outcome> {
  const run = new Run(options, say);
  const lanes = Math.min(options.worlds, options.seeds.length);
  await Promise.all(Array.from({ length: lanes }, () => run.lane()));
  return run.outcome();
}

class Run {
  private readonly waiting: number[];
  private readonly beganAt = performance.now();
  private readonly tales: Tale[] = [];
  private readonly violations: Violation[] = [];

  constructor(
    private readonly options: ChaosOptions,
    private readonly say: Say,
  ) {
    this.waiting = [...options.seeds];
  }

  async lane(): Promise<void> {
    let world = await World.start(this.options);
    for (let seed = this.next(); seed !== undefined; seed = this.next()) {
      const isSound = await this.play(world, seed);
      if (isSound) continue;
      await world.stop();
      await this.shrink(seed);
      world = await World.start(this.options);
    }
    const secrets = await world.stop();
    if (secrets.length > 0) {
      this.violated(-1, { cameras: [], alone: null, steps: [] }, [
        `a secret has left: ${secrets.join(', ')}`,
      ]);
    }
  }

  outcome(): Outcome {
    const names = this.tales.flatMap(({ faults }) => faults);
    return {
      seeds: this.tales.length,
      seconds: this.seconds(),
      violations: this.violations,
      faults: new Map(FAULT_NAMES.map((name) => [name, names.filter((it) => it === name).length])),
      leftOut: this.tales.reduce((sum, { leftOut }) => sum + leftOut, 0),
      recoveries: this.tales.flatMap(({ recoveries }) => recoveries),
    };
  }

  private next(): number | undefined {
    const { minutes, stopsAtFirst } = this.options;
    const isOver =
      (minutes !== null && this.seconds() > minutes * 60) ||
      (stopsAtFirst && this.violations.length > 0);
    return isOver ? undefined : this.waiting.shift();
  }

  /** @returns false when the world has to be thrown away */
  private async play(world: World, seed: number): Promise<boolean> {
    const beganAt = performance.now();
    const scenario = scenarioOf(seed, faultsOn(this.options));
    const tale = await tell(world, scenario, `s${seed}`);
    this.tales.push(tale);
    const seconds = ((performance.now() - beganAt) / 1_000).toFixed(1);
    const verdict = tale.violations.length === 0 ? 'ok' : 'VIOLATED';
    this.say(`seed ${seed}: ${verdict}, ${tale.faults.length} faults, ${seconds} s`);
    if (tale.violations.length > 0) this.violated(seed, scenario, tale.violations);
    return tale.violations.length === 0;
  }

  private async shrink(seed: number): Promise<void> {
    const smaller = await minimal(seed, this.options);
    if (smaller === null) {
      this.say('  no shorter sequence failed in the time given');
      return;
    }
    this.violations.push({ seed, isMinimal: true, ...smaller });
    this.say(['  a shorter one:', ...lines(smaller.scenario, smaller.sentences)].join('\n'));
  }

  private violated(seed: number, scenario: Scenario, sentences: readonly string[]): void {
    this.violations.push({ seed, scenario, sentences, isMinimal: false });
    this.say(
      [
        ...lines(scenario, sentences),
        `  again: npm run chaos -- ${flags(this.options)}--seed ${seed}`,
      ].join('\n'),
    );
  }

  private seconds(): number {
    return (performance.now() - this.beganAt) / 1_000;
  }
}

/** Another kind of world makes another sequence of the same seed. */
const flags = ({ target, hasAgent }: ChaosOptions): string =>
  `${target === 'real' ? '--target real ' : ''}${hasAgent ? '--agent ' : ''}`;

function lines(scenario: Scenario, sentences: readonly string[]): string[] {
  return [
    ...sentences.map((sentence) => `  ! ${sentence}`),
    ...describeScenario(scenario).map((line) => `  ${line}`),
  ];
}
