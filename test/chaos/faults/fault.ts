import { type FaultStep } from '../scenario/scenario.js';
import { type Story } from '../story/story.js';

/** Makes it good again; resolves when nothing of the fault can come late any more. */
export type End = () => Promise<void>;

export interface Fault {
  /** What it needs for itself while it lasts; it is left out when another fault has it. */
  readonly holds: (step: FaultStep, story: Story) => readonly string[];
  /** Over as soon as it has begun. */
  readonly isInstant?: boolean;
  /** @returns null when there is nothing that it could hit now */
  readonly begin: (story: Story, step: FaultStep) => Promise<End | null>;
}

export const NODE = 'node';
export const POSTGRES = 'postgres';
export const NOTHING = async (): Promise<void> => undefined;

/** A stream of numbers from 0 to 1 that a replay draws again (mulberry32). */
export function diceOf({ dice }: FaultStep): () => number {
  let state = dice * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(roll: () => number, choices: readonly T[]): T {
  return choices[Math.floor(roll() * choices.length)]!;
}
