/** One row of a section: what was measured, against what, and whether that is good enough. */

export interface Figure {
  readonly what: string;
  readonly ours: string;
  /** What it was measured side by side with; absent where there is nothing to compare with. */
  readonly compared?: string;
  readonly ratio?: string;
  readonly goal?: Goal;
}

export interface Goal {
  readonly text: string;
  readonly isMet: boolean;
}

type Shown = (value: number) => string;

export function atLeast(value: number, bound: number, shown: Shown = times): Goal {
  return { text: `≥ ${shown(bound)}`, isMet: value >= bound };
}

export function atMost(value: number, bound: number, shown: Shown = times): Goal {
  return { text: `≤ ${shown(bound)}`, isMet: value <= bound };
}

export const times: Shown = (value) => `${rounded(value)}×`;
/** For what is many times faster: `1/163`. */
export const fraction: Shown = (value) => `1/${Math.round(1 / value)}`;
/** What a ratio is more than 1: `+1.2 %`. */
export const more: Shown = (ratio) =>
  `${ratio < 1 ? '−' : '+'}${Math.abs((ratio - 1) * 100).toFixed(1)} %`;
export const ms: Shown = (value) => `${rounded(value)} ms`;
export const seconds: Shown = (valueMs) => `${rounded(valueMs / 1_000)} s`;
export const megabytes: Shown = (value) => `${Math.round(value)} MB`;
export const perSecond: Shown = (value) => `${Math.round(value)}/s`;

/** Three digits say all that a measurement can. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
