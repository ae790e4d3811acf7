import { beforeEach, describe, expect, it } from '@jest/globals';

import { ControlPlane } from '#test/support/streaming/control-plane.js';
import { settled } from '#test/support/streaming/fake-clock.js';
import { silentLogs } from '#test/support/streaming/silent-logs.js';

import { StreamTallies } from '../domain/ports/stream-tallies.js';
import { TallySite } from './tally-site.js';

class ScriptedTallies extends StreamTallies {
  stopped = 0;
  reads = 0;
  state: 'well' | 'down' | 'hanging' = 'well';

  override count(): ReturnType<StreamTallies['count']> {
    this.reads += 1;
    switch (this.state) {
      case 'well':
        return Promise.resolve({ tallies: [], stopped: this.stopped });
      case 'down':
        return Promise.reject(new Error('the database does not answer'));
      case 'hanging':
        return new Promise(() => undefined);
    }
  }
}

describe('TallySite', () => {
  let vigia: ControlPlane;
  let streams: ScriptedTallies;
  let site: TallySite;

  beforeEach(async () => {
    silentLogs();
    vigia = new ControlPlane();
    streams = new ScriptedTallies();
    const { directory } = vigia.world;
    const description = {
      id: 'default',
      apiUrl: 'http://127.0.0.1:9997/',
      playback: { hls: null, webrtc: null, rtsp: null } as never,
      maxPaths: 100,
      hasAgent: false,
    };
    await directory.upsert(description);
    await directory.upsert({ ...description, id: 'long-gone' });
    const configured = { descriptions: [description] as const, pathPrefix: 'cam' };
    site = new TallySite(streams, vigia.leases, directory, configured, vigia.clock);
  });

  it('knows nothing before the database was read', async () => {
    streams.state = 'down';
    expect(await site.execute()).toBeNull();
  });

  it('reads once for all who ask at the same time', async () => {
    await Promise.all([site.execute(), site.execute(), site.execute()]);
    expect(streams.reads).toBe(1);
    await site.execute();
    expect(streams.reads).toBe(2);
  });

  it('tells of configured nodes, and of others only while they have streams', async () => {
    expect((await site.execute())?.nodes).toMatchObject([
      { id: 'default', isLeased: false, isReachable: false, lookAgeMs: null, maxPaths: 100 },
    ]);
  });

  it('tells what it last knew while the database is down, with ages that go on', async () => {
    for (let i = 0; i < 3; i += 1) {
      await vigia.tick();
      await vigia.clock.advance(1_000);
    }
    streams.stopped = 7;
    const [node] = (await site.execute())?.nodes ?? [];
    expect(node).toMatchObject({ isLeased: true, isReachable: false });
    streams.state = 'down';
    await vigia.clock.advance(60_000);
    const later = await site.execute();
    expect(later).toMatchObject({ stopped: 7 });
    expect(later?.nodes[0]?.lookAgeMs).toBe((node?.lookAgeMs ?? Number.NaN) + 60_000);
  });

  it('waits for a database that hangs for a second, and does not ask it again meanwhile', async () => {
    streams.stopped = 7;
    await site.execute();
    streams.state = 'hanging';
    const asked = [site.execute(), site.execute()];
    await vigia.clock.advance(999);
    expect(await Promise.race([...asked, settled().then(() => 'waits')])).toBe('waits');
    await vigia.clock.advance(1);
    expect(await Promise.all(asked)).toMatchObject([{ stopped: 7 }, { stopped: 7 }]);
    expect(await site.execute()).toMatchObject({ stopped: 7 });
    expect(streams.reads).toBe(2);
  });
});
