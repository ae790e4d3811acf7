/**
 * Sees at the node itself, several times a second and past every fault, which paths exist and whether
 * media flows: what the product claims is judged by it. Knows nothing of the product's own rules.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { type Hand, type SeenPath } from '../world/hand.js';

const EVERY_MS = 150;
/** Between two samples further apart than this anything may have happened. */
const MAX_GAP_MS = 2_500;

export type Truth = 'flowing' | 'silent' | 'absent';
export const NO_MEDIA: readonly Truth[] = ['silent', 'absent'];

interface Sample {
  readonly at: number;
  /** Null when the node could not be seen: neither dead nor answering. */
  readonly paths: ReadonlyMap<string, SeenPath> | null;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export class Witness {
  private readonly samples: Sample[] = [];
  private readonly ending = new AbortController();
  private readonly done: Promise<void>;

  /** @param isFrozen whether the node is stopped as a whole, so that nothing can flow */
  constructor(
    private readonly hand: Hand,
    private readonly isFrozen: () => boolean,
  ) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.done;
  }

  /** From when to when the path was seen to be one of these, without a break. */
  spans(path: string, wanted: readonly Truth[]): Span[] {
    const spans: { from: number; to: number }[] = [];
    let isOpen = false;
    for (const { at, truth } of this.truths(path)) {
      const last = spans.at(-1);
      const isWanted = truth !== null && wanted.includes(truth);
      if (isWanted && isOpen && last !== undefined && at - last.to <= MAX_GAP_MS) last.to = at;
      else if (isWanted) spans.push({ from: at, to: at });
      isOpen = isWanted;
    }
    return spans;
  }

  saw(path: string, wanted: Truth, { from, to }: Span): boolean {
    return this.truths(path).some(({ at, truth }) => truth === wanted && at >= from && at <= to);
  }

  /** Whether media flowed when it was last looked at. */
  isFlowing(path: string): boolean {
    return this.truths(path).at(-1)?.truth === 'flowing';
  }

  /** Since when the connection is there that it has now; null when it has none. */
  connectedAt(path: string): number | null {
    const seen = this.samples.at(-1)?.paths?.get(path);
    return seen?.available === true && seen.availableTime !== null
      ? Date.parse(seen.availableTime)
      : null;
  }

  /** Whether the node was seen throughout: no evidence is then evidence of nothing. */
  wasSighted({ from, to }: Span): boolean {
    const inside = this.samples.filter(({ at }) => at >= from && at <= to);
    const isGapless = inside.every(({ at }, i) => at - (inside[i - 1]?.at ?? at) < MAX_GAP_MS);
    return inside.length > 0 && isGapless && inside.every(({ paths }) => paths !== null);
  }

  private truths(path: string): { at: number; truth: Truth | null }[] {
    let before: SeenPath | undefined;
    return this.samples.map(({ at, paths }) => {
      const seen = paths?.get(path);
      const truth = paths === null ? null : truthOf(seen, before);
      if (paths !== null) before = seen;
      return { at, truth };
    });
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      this.samples.push(await this.sample());
      await delay(EVERY_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async sample(): Promise<Sample> {
    try {
      const paths = await this.hand.paths();
      return { at: Date.now(), paths: new Map(paths.map((path) => [path.name, path])) };
    } catch (failure) {
      const isDown = (failure as NodeJS.ErrnoException).code === 'ECONNREFUSED';
      return { at: Date.now(), paths: isDown || this.isFrozen() ? new Map() : null };
    }
  }
}

function truthOf(seen: SeenPath | undefined, before: SeenPath | undefined): Truth {
  if (seen === undefined || seen.confName !== seen.name) return 'absent';
  return seen.available && seen.inboundBytes > bytesBefore(seen, before) ? 'flowing' : 'silent';
}

/** Each connection of the camera counts from zero. */
function bytesBefore(seen: SeenPath, before: SeenPath | undefined): number {
  return before?.availableTime === seen.availableTime ? before.inboundBytes : 0;
}
