import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane, TICK_MS } from '#test/support/streaming/control-plane.js';
import { type LogLine, silentLogs } from '#test/support/streaming/silent-logs.js';

describe('a stream in ERROR', () => {
  let vigia: ControlPlane;
  let logs: LogLine[];
  let id: string;

  beforeEach(async () => {
    silentLogs();
    vigia = new ControlPlane();
    vigia.node.camera('cam/gate-3', 'silent');
    ({ id } = await vigia.start());
    await vigia.run(6 * TICK_MS);
    expect(vigia.stateOf({ id }).status).toBe('ERROR');
    logs = silentLogs();
  });

  it('has not failed by what somebody asks of it', async () => {
    await vigia.patchStream.execute(id, { labels: { floor: '2' } }, null);
    expect(logs).toMatchObject([
      { level: 'log', sentence: 'stream changed', fields: { from: 'ERROR', to: 'ERROR' } },
    ]);
  });

  it('has failed in another way when a look shows it', () => {
    const change = { streamId: id, cameraId: 'gate-3', nodeId: 'default', reason: 'SOURCE_DNS' };
    vigia.announce.observed({ ...change, from: 'ERROR', to: 'ERROR' });
    vigia.announce.observed({
      ...change,
      from: 'STARTING',
      to: 'ERROR',
      reason: 'SOURCE_AUTH_FAILED',
    });
    expect(logs).toMatchObject([
      { level: 'warn', sentence: 'stream failed' },
      { level: 'error', sentence: 'stream failed' },
    ]);
  });
});
