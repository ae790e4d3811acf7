/**
 * What one seed does to the product: which cameras run at first, one fault alone, in calm, and once
 * all is well again a list of steps, each so long after the one before. Plain data, so that it can be generated, shrunk, printed and replayed.
 */
import { type FaultName } from '../faults/fault-names.js';

export const REPLICAS = [0, 1] as const;

export type Initially = 'idle' | 'running' | 'running on demand';

/** Another source under the same name: what was applied before is then wrong. */
export type Variant = 'main' | 'sub';

export interface Start {
  readonly kind: 'start';
  readonly camera: number;
  readonly replica: number;
  readonly onDemand: boolean;
  readonly variant: Variant;
}

export interface Stop {
  readonly kind: 'stop';
  readonly camera: number;
  readonly replica: number;
}

export interface Patch {
  readonly kind: 'patch';
  readonly camera: number;
  readonly replica: number;
  /** To this source, or one more label. */
  readonly change: Variant | 'label';
  /** Whatever there is, instead of what was read just before. */
  readonly isBlind: boolean;
}

export interface Retry {
  readonly kind: 'retry';
  readonly camera: number;
  readonly replica: number;
}

export type CallStep = Start | Stop | Patch | Retry;

export interface FaultStep {
  readonly kind: 'fault';
  readonly fault: FaultName;
  readonly camera: number;
  /** Of those faults that hit one replica, or the way from it. */
  readonly replica: number;
  /** For how long; faults of an instant ignore it. */
  readonly forMs: number;
  /** For what else the fault has to choose, so that a replay chooses the same. */
  readonly dice: number;
}

export type Step = (CallStep | FaultStep) & { readonly afterMs: number };

export interface Scenario {
  readonly cameras: readonly Initially[];
  readonly alone: FaultStep | null;
  readonly steps: readonly Step[];
}

/** As lines for a person. */
export function describeScenario({ cameras, alone, steps }: Scenario): string[] {
  return [
    `at first: ${cameras.map((initially, camera) => `camera ${camera} ${initially}`).join(', ')}`,
    ...(alone === null ? [] : [`alone: ${describeStep(alone)}`, 'when all is well again:']),
    ...steps.map((step) => `  +${String(step.afterMs).padStart(5)} ms  ${describeStep(step)}`),
  ];
}

export function describeStep(step: CallStep | FaultStep): string {
  switch (step.kind) {
    case 'start': {
      const how = `${step.variant}${step.onDemand ? ', on demand' : ''}`;
      return `start camera ${step.camera} (${how}) through replica ${step.replica}`;
    }
    case 'patch': {
      const how = step.isBlind ? ', whatever there is' : '';
      return `patch camera ${step.camera} (${step.change}${how}) through replica ${step.replica}`;
    }
    case 'retry':
    case 'stop':
      return `${step.kind} camera ${step.camera} through replica ${step.replica}`;
    case 'fault':
      return `${step.fault}, camera ${step.camera}, replica ${step.replica}, ${step.forMs} ms, dice ${step.dice}`;
  }
}
