/** Times and counts of one case: from the end of the cause until all is well, and calm. */
import { setTimeout as delay } from 'node:timers/promises';

import { eventually } from '#test/support/eventually.js';
import { WrittenRows } from '#test/support/postgres/written-rows.js';

import { type Outcome } from './case.js';
import { type Site } from './site.js';

const AT_ONCE = { timeoutMs: 2_000, everyMs: 1 };
/** Two intervals of the tick: who writes once too often would do it in these. */
const CALM_MS = 10_000;

export class Measurement {
  private endedAtMs = 0;

  private constructor(
    private readonly site: Site,
    private readonly writesBefore: number,
    private readonly rows: WrittenRows,
  ) {}

  /** @param site settled */
  static async of(site: Site): Promise<Measurement> {
    return new Measurement(site, site.proxy.writes.length, await WrittenRows.since(site.database));
  }

  get writes(): number {
    return this.site.proxy.writes.length - this.writesBefore;
  }

  /** Of those, the ones about a path. */
  writesOf(path: string): number {
    const own = this.site.proxy.writes.slice(this.writesBefore);
    return own.filter(({ url }) => url.endsWith(`/${path}`)).length;
  }

  writtenRows(): Promise<number> {
    return this.rows.count();
  }

  /** The clock starts now; what was done is seen at the node before healing is looked for. */
  async damaged(): Promise<void> {
    this.causeEnded();
    await eventually(() => this.expectDamage(), AT_ONCE);
  }

  causeEnded(): void {
    this.endedAtMs = performance.now();
  }

  /** @param except paths that cannot be as wanted in this case */
  async healed(except: readonly string[] = []): Promise<Outcome> {
    await eventually(() => this.site.expectAsWanted(except), this.site.patience);
    const asWantedMs = performance.now() - this.endedAtMs;
    await eventually(() => this.site.expectRunning(except), this.site.patience);
    const runningMs = performance.now() - this.endedAtMs;
    await delay(CALM_MS);
    return { asWantedMs, runningMs, writes: this.writes };
  }

  private async expectDamage(): Promise<void> {
    const isAsWanted = await this.site.expectAsWanted().then(
      () => true,
      () => false,
    );
    if (isAsWanted) throw new Error('nothing was damaged');
  }
}
