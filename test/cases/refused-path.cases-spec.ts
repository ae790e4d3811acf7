import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';
import { PATHS } from './support/site.js';

const INVALID = 'cam/case-14';

aCase(
  {
    id: 'g',
    done: `one path of ${PATHS} that the node refuses (the answer 400 is put in for it), and MediaMTX killed and started again`,
    limit: 'the other 19 ≤ 6 s',
    withinMs: 6_000,
  },
  async (site) => {
    const measured = await Measurement.of(site);
    site.proxy.inject(({ method, url }) =>
      method === 'POST' && url.endsWith(`/${INVALID}`)
        ? { status: 400, error: 'invalid source' }
        : null,
    );
    await site.proxy.afterAListing();
    await site.node.restart();
    await measured.damaged();
    const outcome = await measured.healed([INVALID]);
    const { status, reason } = await site.api.client.stream(site.wanted.get(INVALID)!);
    return { ...outcome, note: `the refused one: ${status}, ${reason}` };
  },
);
