/** What `scripts/chaos.mjs` hands over, as JSON in one variable of the environment. */
import { type WorldKind } from '../world/world.js';

export interface ChaosOptions extends WorldKind {
  /** The seeds to play, in this order. */
  readonly seeds: readonly number[];
  /** No seed begins after this; null for no limit. */
  readonly minutes: number | null;
  /** Worlds side by side: most of a seed is waiting. */
  readonly worlds: number;
  /** Play no further seed after one that found something. */
  readonly stopsAtFirst: boolean;
  /** How long to look for a shorter sequence that fails too, per violation. */
  readonly shrinkMinutes: number;
  /** A file for the figures, as Markdown (.md) or JSON; null for none. */
  readonly report: string | null;
}

export function optionsFrom(text: string | undefined): ChaosOptions {
  if (text === undefined) throw new Error('start this with: npm run chaos');
  return JSON.parse(text) as ChaosOptions;
}
