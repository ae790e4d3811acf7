import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

let vigia: ControlPlane;

beforeEach(() => {
  silentLogs();
  vigia = new ControlPlane();
});

describe('CheckNode', () => {
  it('inspects a node once, however many ticks follow', async () => {
    await vigia.run(50_000);
    expect(vigia.state.conditions).toMatchObject({ version: 'v1.20.1', hazards: [] });
    expect(vigia.node.inspections).toBe(1);
  });

  it('inspects it again after an outage', async () => {
    await vigia.tick();
    vigia.node.version = 'v1.15.0';
    vigia.node.isDown = true;
    await vigia.tick();
    vigia.node.isDown = false;
    await vigia.clock.advance(1_000);
    await vigia.tick();
    expect(vigia.state.conditions).toMatchObject({
      version: 'v1.15.0',
      hazards: ['NODE_VERSION_UNSUPPORTED'],
    });
  });

  it('inspects it again at the next audit when it was restarted between two ticks', async () => {
    await vigia.run(10_000);
    vigia.node.started = 'second';
    vigia.node.settings = { ...vigia.node.settings, hasCatchAllPath: true };
    await vigia.run(60_000);
    expect(vigia.state.conditions.hazards).toEqual(['NODE_CATCH_ALL_PATH']);
    expect(vigia.node.inspections).toBe(2);
  });

  it('no longer names at the next audit what was put right without a restart', async () => {
    vigia.node.settings = { ...vigia.node.settings, hasRecordCleaner: true };
    await vigia.run(10_000);
    expect(vigia.state.conditions.hazards).toEqual(['NODE_RECORD_CLEANER']);
    vigia.node.settings = { ...vigia.node.settings, hasRecordCleaner: false };
    await vigia.run(60_000);
    expect(vigia.state.conditions.hazards).toEqual([]);
  });

  it('asks again what the node did not say', async () => {
    vigia.node.version = null;
    await vigia.tick();
    expect(vigia.state.conditions.version).toBeNull();
    vigia.node.version = 'v1.20.1';
    await vigia.tick();
    expect(vigia.state.conditions.version).toBe('v1.20.1');
  });
});
