import { describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

const lines = silentLogs();
const SAID = 'paths that no stream in the database knows are removed';
const said = (): readonly unknown[] =>
  lines.filter(({ sentence }) => sentence === SAID).map(({ fields }) => fields);

async function aSiteOfThree(): Promise<ControlPlane> {
  lines.splice(0);
  const vigia = new ControlPlane();
  for (const camera of ['a', 'b', 'c']) await vigia.start(camera);
  await vigia.run(10_000);
  return vigia;
}

describe('a path that no stream knows', () => {
  it('is named in one line when it goes, since no stream tells of it', async () => {
    const vigia = await aSiteOfThree();
    vigia.node.put('cam/stranger');

    await vigia.run(30_000);
    expect(said()).toEqual([]);
    await vigia.run(120_000);
    expect(said()).toEqual([{ nodeId: 'default', count: 1, paths: ['cam/stranger'] }]);
  });

  it('is named once, however long its removal takes', async () => {
    const vigia = await aSiteOfThree();
    vigia.node.put('cam/stranger');
    const release = vigia.node.holdWrites();

    await vigia.run(120_000);
    expect(said()).toHaveLength(1);
    release();
    await vigia.run(10_000);
    expect(said()).toHaveLength(1);
  });

  it('is not one whose stream was stopped', async () => {
    const vigia = await aSiteOfThree();
    await vigia.stop((await vigia.start('d')).id);
    vigia.node.put('cam/d');

    await vigia.run(120_000);
    expect(said()).toEqual([]);
    // Nor is it drift: what is left of a stop is there for a while.
    expect(vigia.metrics.counts['unwanted found']).toBeUndefined();
  });
});
