import { describe, expect } from '@jest/globals';
import { SimulatorTarget } from '#test/support/mediamtx/simulator-target.js';
import { DEAD, eventuallyPresent, onDemand } from '#test/support/mediamtx/looks.js';
import { onEveryTarget, onRealTarget } from '#test/support/mediamtx/targets.js';

/** Addresses differ from one server to the next. */
const isAddress = ([field]: [string, unknown]): boolean => /address$/i.test(field);
/** What the stand itself sets on the real server. */
const SET_BY_THE_STAND = ['webrtcIPsFromInterfaces', 'webrtcAdditionalHosts'];

onEveryTarget(({ it, use }) => {
  const target = use();

  it('shows a configuration with every default merged in', async () => {
    const { api } = target();
    await api.replace('effective', onDemand(DEAD));
    await eventuallyPresent(api, 'effective');
    const { json } = await api.config('effective');
    expect(json).toMatchObject({
      name: 'effective',
      source: DEAD,
      sourceOnDemand: true,
      sourceOnDemandStartTimeout: '10s',
      recordDeleteAfter: '',
      recordSegmentDuration: '1h0m0s',
    });
  });
});

describe('the defaults of the simulator', () => {
  onRealTarget(({ itSince, use }) => {
    const real = use();

    const bothShow = async (path: string): Promise<[unknown, unknown]> => {
      const simulator = await SimulatorTarget.start({});
      try {
        const body = { source: DEAD, sourceOnDemand: true, sourceProtocol: 'tcp' };
        const servers = [simulator, real()];
        const answers = servers.map(async ({ api }) => {
          await api.replace('compared', body);
          await eventuallyPresent(api, 'compared');
          return (await api.get(path)).json;
        });
        const [simulated, genuine] = await Promise.all(answers);
        return [simulated, genuine];
      } finally {
        await simulator.stop();
      }
    };

    itSince([1, 20], 'are those of the real server for a path', async () => {
      const [simulated, genuine] = await bothShow('/v3/config/paths/get/compared');
      expect(simulated).toEqual(genuine);
    });

    itSince([1, 20], 'are those of the real server for path defaults', async () => {
      const [simulated, genuine] = await bothShow('/v3/config/pathdefaults/get');
      expect(simulated).toEqual(genuine);
    });

    itSince([1, 20], 'are those of the real server for global settings', async () => {
      const comparable = (settings: unknown): object =>
        Object.fromEntries(
          Object.entries(settings as object)
            .filter((entry: [string, unknown]) => !isAddress(entry))
            .filter(([field]) => !SET_BY_THE_STAND.includes(field)),
        );
      const [simulated, genuine] = await bothShow('/v3/config/global/get');
      expect(comparable(simulated)).toEqual(comparable(genuine));
    });
  });
});
