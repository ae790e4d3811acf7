/** One row of the table in docs/reliability.md: a test that also says what it measured. */
import { expect, it } from '@jest/globals';
import { appendFileSync } from 'node:fs';

import { NODE_NAME } from './case-node.js';
import { PATHS, Site } from './site.js';

export interface CaseDescription {
  /** As in `npm run cases -- a`. */
  readonly id: string;
  readonly done: string;
  /** How many streams the site has. */
  readonly paths?: number;
  /** What we promise, in words. */
  readonly limit: string;
  /** The same, as far as it can be counted. */
  readonly withinMs?: number;
  readonly writes?: number;
  /** The best of three other controllers, where it was measured. */
  readonly others?: string;
}

export interface Outcome {
  /** From the end of the cause until the node's configuration is what is wanted. */
  readonly asWantedMs: number | null;
  /** Until every stream is RUNNING and HEALTHY, with media at the node. */
  readonly runningMs: number | null;
  readonly writes: number;
  readonly note?: string;
}

const NOTHING_MEASURED = { asWantedMs: null, runningMs: null, writes: null };
/** A site opens in 20 s, one of 1 000 paths in minutes; a case may wait for an audit, then for calm. */
const TIMEOUT_MS = 600_000;

export function aCase(description: CaseDescription, run: (site: Site) => Promise<Outcome>): void {
  it(
    `case ${description.id}: ${description.done}`,
    async () => {
      const outcome = await onASite(description.paths ?? PATHS, run).catch((failure: unknown) => {
        record(description, NOTHING_MEASURED, failure instanceof Error ? firstLine(failure) : '?');
        throw failure;
      });
      const missed = whatIsMissed(description, outcome);
      record(description, outcome, missed);
      expect(missed).toBeNull();
    },
    TIMEOUT_MS,
  );
}

async function onASite(paths: number, run: (site: Site) => Promise<Outcome>): Promise<Outcome> {
  const site = await Site.open(paths);
  try {
    return await run(site);
  } finally {
    await site.close();
  }
}

function whatIsMissed({ withinMs, writes }: CaseDescription, outcome: Outcome): string | null {
  if (withinMs !== undefined && (outcome.asWantedMs ?? Infinity) > withinMs) return 'too late';
  return writes !== undefined && outcome.writes !== writes ? 'not this many writes' : null;
}

function record(
  description: CaseDescription,
  measured: Outcome | typeof NOTHING_MEASURED,
  missed: string | null,
): void {
  const file = process.env['CASES_RESULTS'];
  if (file === undefined) return;
  const row = { ...description, ...measured, missed, node: NODE_NAME };
  appendFileSync(file, `${JSON.stringify(row)}\n`);
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? '';
}
