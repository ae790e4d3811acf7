import { expect } from '@jest/globals';

import { eventually } from '#test/support/eventually.js';
import { mostInASecond } from '#test/support/most-in-a-second.js';

import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';
import { type Site } from './support/site.js';

const PATHS = 1_000;
const DIALS_PER_SECOND = 20;
/** Spread, so that no order of the rows puts them first by chance. */
const WATCHED = ['cam/case-310', 'cam/case-620', 'cam/case-930'];
const NEW = ['new-1', 'new-2', 'new-3'];

aCase(
  {
    id: 'n',
    paths: PATHS,
    done: `${PATHS} paths, ${WATCHED.length} of them watched: MediaMTX killed, started again at once; during the restore ${NEW.length} streams started`,
    limit: `≤ ${DIALS_PER_SECOND} cameras dialled in any second, the watched ones first; a start waits for at most the write in flight; nobody is an ERROR`,
  },
  async (site) => {
    await watched(site);
    const measured = await Measurement.of(site);
    await site.node.restart();
    await measured.damaged();
    const overtaken = await startMeanwhile(site);
    const outcome = await measured.healed();

    const dials = await restored(site);
    const most = mostInASecond(dials.map(({ at }) => at));
    expect(most).toBeLessThanOrEqual(DIALS_PER_SECOND);
    const first = dials.slice(0, WATCHED.length).map(({ path }) => path);
    expect(first.sort()).toEqual(WATCHED);
    expect(Math.max(...overtaken)).toBeLessThanOrEqual(1);
    await site.expectNobodyBlamed();
    const note = `at most ${most} dialled in a second; writes that a start waited for: ${overtaken.join(', ')}; no stream was ERROR at any time`;
    return { ...outcome, note };
  },
);

/** And seen to be watched by looks that began after that. */
async function watched({ node, proxy }: Site): Promise<void> {
  await Promise.all(WATCHED.map((path) => node.watch(path)));
  await eventually(
    async () => {
      const readers = (await node.api.items())
        .filter(({ name }) => WATCHED.includes(String(name)))
        .map((item) => (item['readers'] as unknown[]).length);
      expect(readers.every((count) => count > 0)).toBe(true);
    },
    { timeoutMs: 30_000, everyMs: 500 },
  );
  await proxy.afterAListing();
  await proxy.afterAListing();
}

/** @returns how many writes of the restore came between an accepted start and its own write */
async function startMeanwhile(site: Site): Promise<number[]> {
  const { writes } = site.proxy;
  const overtaken: number[] = [];
  for (const name of NEW) {
    const begun = writes.length;
    await eventually(() => expect(writes.length).toBeGreaterThan(begun + PATHS / 5), site.patience);
    await site.start(name);
    const accepted = writes.length;
    const own = await eventually(() => {
      const index = writes.findIndex(({ url }) => url.endsWith(`/cam/${name}`));
      expect(index).toBeGreaterThanOrEqual(0);
      return index;
    });
    overtaken.push(Math.max(0, own - accepted));
  }
  return overtaken;
}

/** When the node had each camera of the restore, in that order: it dials as soon as it is told to. */
async function restored({ node }: Site): Promise<{ path: string; at: number }[]> {
  return (await node.api.items())
    .map((item) => ({
      path: String(item['name']),
      at: Date.parse(String(item['availableTime'])),
    }))
    .filter(({ path }) => path.startsWith('cam/case-'))
    .sort((one, other) => one.at - other.at);
}
