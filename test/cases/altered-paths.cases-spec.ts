import { secretSource } from '#test/support/api/api-client.js';

import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';

const FOREIGN = 'lobby';

aCase(
  {
    id: 'd',
    done: 'the source of one path altered by hand',
    limit: '≤ 65 s, exactly 1 write',
    withinMs: 65_000,
    writes: 1,
  },
  async (site) => {
    const measured = await Measurement.of(site);
    // Nobody answers there: what was a picture is none until it is put right.
    await site.node.api.patch('cam/case-14', { source: secretSource('127.0.0.1:9/other') });
    await measured.damaged();
    return measured.healed();
  },
);

aCase(
  {
    id: 'f',
    done: 'a path of somebody else on the node, and one of ours deleted beside it',
    limit: 'kept; ours ≤ 6 s, exactly 1 write',
    withinMs: 6_000,
    writes: 1,
  },
  async (site) => {
    const source = secretSource('127.0.0.1:9/foreign');
    await site.node.api.add(FOREIGN, { source });
    const measured = await Measurement.of(site);
    await site.proxy.afterAListing();
    await site.node.api.remove('cam/case-14');
    await measured.damaged();
    const outcome = await measured.healed();
    const { json } = await site.node.api.config(FOREIGN);
    if (json['source'] !== source || measured.writesOf(FOREIGN) > 0) {
      throw new Error('the foreign path was touched');
    }
    return { ...outcome, note: 'the foreign path as it was' };
  },
);

aCase(
  {
    id: 'm',
    done: 'one of our own paths poisoned: a refused PATCH, after which the node refuses every write; then one stream started',
    limit: '≤ 60 s, nobody blamed',
    withinMs: 60_000,
  },
  async (site) => {
    const measured = await Measurement.of(site);
    const { status } = await site.node.api.patch('cam/case-14', { source: 'ftp://poison.invalid' });
    if (status !== 400) throw new Error('the node took the poison');
    await site.start('case-new');
    await measured.damaged();
    const outcome = await measured.healed();
    await site.expectNobodyBlamed();
    return { ...outcome, note: 'no stream was ERROR at any time' };
  },
);
