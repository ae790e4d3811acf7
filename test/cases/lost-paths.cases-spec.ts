import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';

const FILE_REWRITES = 9;

aCase(
  {
    id: 'a',
    done: 'MediaMTX killed with SIGKILL, started again at once',
    limit: '≤ 6 s',
    withinMs: 6_000,
    others: '6 s',
  },
  async (site) => {
    const measured = await Measurement.of(site);
    await site.proxy.afterAListing();
    await site.node.restart();
    await measured.damaged();
    return measured.healed();
  },
);

aCase(
  {
    id: 'b',
    done: "MediaMTX's file rewritten: all paths of the API are gone, its start time stays",
    limit: '≤ 6 s',
    withinMs: 6_000,
    others: '4.9 s, at 2 rewrites a second for ever',
  },
  async (site) => {
    const measured = await Measurement.of(site);
    await site.proxy.afterAListing();
    await site.node.rewriteFile();
    await measured.damaged();
    return measured.healed();
  },
);

aCase(
  {
    id: 'b2',
    done: `the file rewritten again and again, ${FILE_REWRITES} times, as fast as MediaMTX takes it (every 1.1 s)`,
    limit: '≤ 6 s after the last',
    withinMs: 6_000,
  },
  async (site) => {
    const measured = await Measurement.of(site);
    for (let times = 0; times < FILE_REWRITES; times += 1) {
      await site.node.rewriteFile();
    }
    await measured.damaged();
    return measured.healed();
  },
);

aCase(
  {
    id: 'c',
    done: 'one path deleted by hand',
    limit: '≤ 6 s, exactly 1 write',
    withinMs: 6_000,
    writes: 1,
    others: '7.3 s, 11 to 15 writes',
  },
  async (site) => {
    const measured = await Measurement.of(site);
    await site.proxy.afterAListing();
    await site.node.api.remove('cam/case-14');
    await measured.damaged();
    return measured.healed();
  },
);
