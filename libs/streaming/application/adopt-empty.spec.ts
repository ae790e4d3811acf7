import { describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { ADOPTION_MS, AdoptEmpty } from './adopt-empty.js';

silentLogs();

async function braked(): Promise<{ vigia: ControlPlane; adopt: AdoptEmpty }> {
  const vigia = new ControlPlane();
  ['cam/a', 'cam/b', 'cam/c'].forEach((path) => {
    vigia.node.put(path);
  });
  await vigia.run(120_000);
  await vigia.lease.saveConditions(await vigia.hold());
  return { vigia, adopt: new AdoptEmpty(vigia.world.directory, vigia.leases) };
}

describe('AdoptEmpty', () => {
  it('lets the paths go that have no stream, and says how many they are', async () => {
    const { vigia, adopt } = await braked();
    expect(await adopt.execute('default')).toEqual({ kind: 'adopted', unknownPaths: 3 });
    await vigia.tick();
    expect(vigia.node.names).toEqual([]);
  });

  it('stands for ten minutes, not for what comes later', async () => {
    const { vigia, adopt } = await braked();
    await adopt.execute('default');
    await vigia.clock.advance(ADOPTION_MS);
    expect(await vigia.world.directory.isAdopted('default')).toBe(false);
  });

  it('takes no word where nothing waits for one', async () => {
    const vigia = new ControlPlane();
    await vigia.tick();
    await vigia.lease.saveConditions(await vigia.hold());
    const adopt = new AdoptEmpty(vigia.world.directory, vigia.leases);
    expect(await adopt.execute('default')).toEqual({ kind: 'nothing_to_adopt' });
    expect(await vigia.world.directory.isAdopted('default')).toBe(false);
  });

  it('names the nodes that there are when this one is not', async () => {
    const { adopt } = await braked();
    expect(await adopt.execute('defualt')).toEqual({
      kind: 'unknown_node',
      nodeIds: ['default'],
    });
  });
});
