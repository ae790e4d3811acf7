import { setTimeout as delay } from 'node:timers/promises';

import { aCase, type Outcome } from './support/case.js';
import { Measurement } from './support/measurement.js';
import { type Site } from './support/site.js';

const OUTAGE_MS = 30_000;
/** While nobody asks for anything, an outage may leave no trace in the database. */
const QUIET_MS = 25_000;

aCase(
  {
    id: 'h',
    done: 'the node hangs for 30 s (SIGSTOP, SIGCONT); meanwhile one stream stopped, one started',
    limit: '≤ 6 s after, passes never overlap',
    withinMs: 6_000,
  },
  (site) =>
    outage(site, {
      begin: () => {
        site.node.freeze();
      },
      end: () => {
        site.node.thaw();
      },
    }),
);

aCase(
  {
    id: 'i',
    done: 'the node answers 500 for 30 s; meanwhile one stream stopped, one started',
    limit: '≤ 10 s after',
    withinMs: 10_000,
  },
  (site) =>
    outage(site, {
      begin: () => {
        site.proxy.inject(() => ({ status: 500, error: 'out of order' }));
      },
      end: () => {
        site.proxy.heal();
      },
    }),
);

async function outage(
  site: Site,
  { begin, end }: { begin: () => void; end: () => void },
): Promise<Outcome> {
  const measured = await Measurement.of(site);
  begin();
  await delay(QUIET_MS);
  const rows = await measured.writtenRows();
  const known = await site.healths();
  await site.stop('cam/case-14');
  await site.start('case-new');
  await delay(OUTAGE_MS - QUIET_MS);
  end();
  measured.causeEnded();
  const outcome = await measured.healed();
  if (rows > 0) throw new Error(`${rows} rows were written because the node could not be seen`);
  if (site.proxy.mostListingsAtOnce > 1) throw new Error('passes overlapped');
  return { ...outcome, note: `during the outage: ${known}, 0 rows written; 1 listing at a time` };
}
