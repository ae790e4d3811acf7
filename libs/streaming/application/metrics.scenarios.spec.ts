import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

describe('what is counted', () => {
  let vigia: ControlPlane;

  beforeEach(() => {
    silentLogs();
    vigia = new ControlPlane();
  });

  const running = async (cameraId = 'gate-3'): Promise<{ id: string }> => {
    const stream = await vigia.start(cameraId);
    await vigia.run(2 * TICK_MS);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    return stream;
  };

  it('is each change of status, and how long the first RUNNING took', async () => {
    const { id } = await running();
    await vigia.stop(id);
    await vigia.stop(id);
    expect(vigia.metrics.counts).toMatchObject({
      'new→STARTING': 1,
      'STARTING→RUNNING': 1,
      'RUNNING→STOPPED': 1,
    });
    expect(vigia.metrics.awaited).toEqual([{ since: 'start', ms: expect.any(Number) }]);
  });

  it('is a loss with its length and a reconnect, and no blip', async () => {
    await running();
    vigia.node.camera('cam/gate-3', 'silent');
    await vigia.run(3 * TICK_MS);
    vigia.node.camera('cam/gate-3', 'live');
    await vigia.run(2 * TICK_MS);
    const { counts, awaited } = vigia.metrics;
    expect(counts).toMatchObject({ 'RUNNING→STARTING': 1, 'STARTING→RUNNING': 2, reconnects: 1 });
    expect(counts['blips']).toBeUndefined();
    expect(awaited.map(({ since }) => since)).toEqual(['start', 'loss']);
  });

  it('is the length of a loss from its beginning, also where it became an ERROR meanwhile', async () => {
    await running();
    vigia.node.camera('cam/gate-3', 'silent');
    await vigia.run(8 * TICK_MS);
    vigia.node.camera('cam/gate-3', 'live');
    await vigia.run(2 * TICK_MS);
    const { counts, awaited } = vigia.metrics;
    expect(counts).toMatchObject({ 'STARTING→ERROR': 1, 'ERROR→RUNNING': 1 });
    expect(awaited[1]?.since).toBe('loss');
    expect(awaited[1]?.ms).toBeGreaterThan(6 * TICK_MS);
  });

  it('is a blip when the connection is another one at the next look, and no change of status', async () => {
    const stream = await running();
    const before = { ...vigia.metrics.counts };
    vigia.node.reconnectCamera('cam/gate-3');
    await vigia.run(2 * TICK_MS);
    expect(vigia.stateOf(stream).status).toBe('RUNNING');
    expect(vigia.metrics.counts).toEqual({ ...before, blips: 1 });
  });

  it('is no recovery when somebody asked for another source', async () => {
    const { id } = await running();
    await vigia.patchStream.execute(id, { transport: 'udp' }, null);
    await vigia.run(4 * TICK_MS);
    expect(vigia.stateOf({ id }).status).toBe('RUNNING');
    expect(vigia.metrics.awaited.map(({ since }) => since)).toEqual(['start']);
    expect(vigia.metrics.counts['reconnects']).toBeUndefined();
  });

  it('is a look in vain, and nothing of the streams', async () => {
    await running();
    const before = { ...vigia.metrics.counts };
    vigia.node.isDown = true;
    await vigia.tick();
    expect(vigia.metrics.counts).toEqual({ ...before, 'looks in vain': 1 });
  });

  it('is drift when it is found, and its end when a later look shows it', async () => {
    await running('a');
    await running('b');
    vigia.node.forgetAll();
    vigia.node.put('cam/stranger');
    await vigia.tick();
    expect(vigia.metrics.counts).toMatchObject({ 'absent found': 2 });
    expect(vigia.metrics.counts['absent repaired']).toBeUndefined();
    await vigia.run(14 * TICK_MS);
    expect(vigia.metrics.counts).toMatchObject({ 'absent found': 2, 'absent repaired': 2 });
    expect(vigia.metrics.counts).toMatchObject({ 'unwanted found': 1, 'unwanted repaired': 1 });

    vigia.node.alterByHand('cam/a', { onDemand: true });
    await vigia.run(30 * TICK_MS);
    expect(vigia.metrics.counts).toMatchObject({ 'altered found': 1, 'altered repaired': 1 });
  });

  it('is no drift that a new path is absent, or one that was stopped is present', async () => {
    const { id } = await running();
    await vigia.stop(id);
    await vigia.run(3 * TICK_MS);
    expect(Object.keys(vigia.metrics.counts).filter((name) => name.includes('found'))).toEqual([]);
  });
});
