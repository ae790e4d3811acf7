import { aCase } from './support/case.js';
import { Measurement } from './support/measurement.js';

aCase(
  {
    id: 'k',
    done: 'Vigia killed between the commit of a start and its call to the node, then started again',
    limit: '≤ 6 s after the restart',
    withinMs: 6_000,
    writes: 1,
  },
  async (site) => {
    await site.endApis();
    const api = await site.startApi({ isCrashable: true });
    await site.settle();
    const measured = await Measurement.of(site);
    api.crashAt('after-commit');
    await api.client.start('case-new', site.source).catch(() => undefined);
    await api.exitCode();
    await site.adopt('case-new');
    await measured.damaged();
    await api.revive();
    measured.causeEnded();
    return measured.healed();
  },
);
