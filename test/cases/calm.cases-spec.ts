import { setTimeout as delay } from 'node:timers/promises';

import { aCase, type Outcome } from './support/case.js';
import { Measurement } from './support/measurement.js';
import { PATHS, type Site } from './support/site.js';

const STEADY_MS = 60_000;

aCase(
  {
    id: 'j',
    done: 'nothing, for 60 s',
    limit: '0 writes, to the node and to Postgres',
    writes: 0,
  },
  steady,
);

aCase(
  {
    id: 'l',
    done: 'two instances started at once beside an empty node; then nothing, for 60 s',
    limit: 'no fight at start, 0 writes in steady state',
    writes: 0,
  },
  async (site) => {
    await site.endApis();
    await site.node.restart();
    const measured = await Measurement.of(site);
    await Promise.all([site.startApi(), site.startApi()]);
    measured.causeEnded();
    const start = await measured.healed();
    if (start.writes !== PATHS) throw new Error(`${start.writes} writes at start`);
    await site.settle();
    return {
      ...(await steady(site)),
      asWantedMs: start.asWantedMs,
      runningMs: start.runningMs,
      note: `at start: ${start.writes} writes for ${PATHS} paths`,
    };
  },
);

async function steady(site: Site): Promise<Outcome> {
  const measured = await Measurement.of(site);
  await delay(STEADY_MS);
  await site.expectRunning();
  const rows = await measured.writtenRows();
  if (rows > 0) throw new Error(`${rows} rows were written`);
  return { asWantedMs: null, runningMs: null, writes: measured.writes, note: '0 rows written' };
}
