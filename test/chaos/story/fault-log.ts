/** Which faults were at work when: for the verdicts, for the recovery times, and for the summary. */
import { type FaultStep } from '../scenario/scenario.js';

export interface FaultEntry {
  readonly step: FaultStep;
  readonly beganAt: number;
  /** Null while it lasts. */
  endedAt: number | null;
}

export class FaultLog {
  readonly entries: FaultEntry[] = [];
  leftOut = 0;
  private readonly held = new Set<string>();

  /** @returns false when one of them is in another fault's hands */
  hold(things: readonly string[]): boolean {
    if (things.some((thing) => this.held.has(thing))) return false;
    things.forEach((thing) => this.held.add(thing));
    return true;
  }

  release(things: readonly string[]): void {
    things.forEach((thing) => this.held.delete(thing));
  }

  isHeld(thing: string): boolean {
    return this.held.has(thing);
  }

  began(step: FaultStep, beganAt: number): FaultEntry {
    const entry = { step, beganAt, endedAt: null };
    this.entries.push(entry);
    return entry;
  }

  /** It found nothing to hit. */
  forget(entry: FaultEntry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.leftOut += 1;
  }

  get active(): readonly FaultEntry[] {
    return this.entries.filter(({ endedAt }) => endedAt === null);
  }

  /** Those of these names that were at work at some time between. */
  during(names: readonly string[], from: number, to: number): readonly FaultEntry[] {
    return this.entries.filter(
      ({ step, beganAt, endedAt }) =>
        names.includes(step.fault) && beganAt <= to && (endedAt ?? Infinity) >= from,
    );
  }
}
