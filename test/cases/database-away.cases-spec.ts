import { setTimeout as delay } from 'node:timers/promises';

import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';

const HALF_MS = 30_000;

aCase(
  {
    id: 'o',
    done: 'Postgres out for 60 s, and in the middle of that MediaMTX killed and started again',
    limit: '≤ 10 s after Postgres is back, nothing written to the node before, nobody blamed',
    withinMs: 10_000,
  },
  async (site) => {
    const measured = await Measurement.of(site);
    const back = await site.loseDatabase();
    await delay(HALF_MS);
    await site.node.restart();
    await measured.damaged();
    await delay(HALF_MS);
    const early = measured.writes;
    await back();
    measured.causeEnded();
    const outcome = await measured.healed();
    await site.expectNobodyBlamed();
    if (early > 0) throw new Error(`${early} writes by an instance that could not read its rows`);
    return { ...outcome, note: 'no stream was ERROR at any time' };
  },
);
